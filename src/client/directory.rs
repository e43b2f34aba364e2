//! Extensions, groups, projects, customers and saved views.

use http::Method;

use super::{Client, Result, piece};
use crate::wire;

impl Client {
    pub async fn extensions(&self) -> Result<Vec<wire::Extension>> {
        self.get("/extensions", &()).await
    }

    /// Makes or changes an extension; groups and projects that it names are made. Gives their names.
    pub async fn put_extension(&self, extension: &wire::Extension) -> Result<Vec<String>> {
        self.send(Method::PUT, &format!("/extensions/{}", piece(&extension.number)), extension).await
    }

    pub async fn remove_extension(&self, number: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/extensions/{}", piece(number)), &()).await
    }

    pub async fn groups(&self) -> Result<Vec<wire::Named>> {
        self.get("/groups", &()).await
    }

    pub async fn put_group(&self, group: &wire::Named) -> Result<()> {
        self.send(Method::PUT, &format!("/groups/{}", piece(&group.name)), group).await
    }

    pub async fn remove_group(&self, name: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/groups/{}", piece(name)), &()).await
    }

    pub async fn projects(&self) -> Result<Vec<wire::Named>> {
        self.get("/projects", &()).await
    }

    pub async fn put_project(&self, project: &wire::Named) -> Result<()> {
        self.send(Method::PUT, &format!("/projects/{}", piece(&project.name)), project).await
    }

    pub async fn remove_project(&self, name: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/projects/{}", piece(name)), &()).await
    }

    pub async fn customers(&self) -> Result<Vec<wire::Customer>> {
        self.get("/customers", &()).await
    }

    /// Customers whose name has the text in it, at most `limit`; those whose name begins with it first.
    pub async fn customers_like(&self, text: &str, limit: usize) -> Result<Vec<wire::Customer>> {
        self.get("/customers", &[("q", text), ("limit", &limit.to_string())]).await
    }

    /// Makes a customer (empty id) or changes one. Gives it with its id.
    pub async fn put_customer(&self, customer: &wire::Customer) -> Result<wire::Customer> {
        self.send(Method::POST, "/customers", customer).await
    }

    pub async fn remove_customer(&self, id: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/customers/{}", piece(id)), &()).await
    }

    pub async fn views(&self) -> Result<Vec<wire::View>> {
        self.get("/views", &()).await
    }

    /// Makes a view (version 0) or changes it; fails with 412 if somebody else changed it since its version.
    pub async fn put_view(&self, view: &wire::View) -> Result<wire::View> {
        self.send_if_match(Method::PUT, &format!("/views/{}", piece(&view.name)), view, view.version).await
    }

    pub async fn remove_view(&self, name: &str, version: i64) -> Result<()> {
        self.send_if_match(Method::DELETE, &format!("/views/{}", piece(name)), &(), version).await
    }
}
