//! Boxes that write the query: the form, the list of all values of a facet, saved views. What they lead to.

use super::{
    effect::{Read, Slot},
    model::{Model, Pane},
    overlays::{Day, FacetChoice, FacetValues, Form, FormSaid, Overlay},
    screens::calls,
    viewing,
};

/// Opens the form on the query that runs.
pub(super) fn form(model: &mut Model) {
    learn_values(model);
    let query = model.calls.query.applied.clone();
    let values = model.calls.values.clone().unwrap_or_default();
    let form = Form::new(&query, calls::query_context(&model.desk), values);
    model.overlays.push(Overlay::Form(Box::new(form)));
}

/// Reads the names that completion offers, unless they are known.
pub(super) fn learn_values(model: &mut Model) {
    if model.calls.values.is_none() && !model.desk.is_busy(Slot::Values) {
        model.desk.read(Slot::Values, 0, Read::Values);
    }
}

/// Opens the month from which a day to go to is picked.
pub(super) fn day(model: &mut Model) {
    let day = Day::new(&model.desk, calls::query_context(&model.desk));
    model.overlays.push(Overlay::Day(day));
}

/// Opens all values of the facet whose last line has the cursor; false where there is none such.
pub(super) fn facet_values(model: &mut Model) -> bool {
    let Some(section) = calls::facets::all_values(&model.calls).filter(|_| model.pane == Pane::Calls) else { return false };
    let (desk, facets, query) = (&model.desk, &model.calls.facets, &model.calls.query.applied);
    let choices = facets.values(section).iter().map(|count| FacetChoice {
        count: count.clone(),
        label: calls::facets::label(section, count.value.as_deref(), desk),
        presence: calls::facets::presence(facets, section, count.value.as_deref(), query),
    });
    let title = calls::facets::title(section, desk);
    let list = FacetValues::new(section, title, choices.collect());
    model.overlays.push(Overlay::FacetValues(Box::new(list)));
    true
}

/// What came of a key in the form.
pub(super) fn form_said(model: &mut Model, form: Box<Form>, said: FormSaid) {
    match said {
        FormSaid::Nothing => model.overlays.push(Overlay::Form(form)),
        FormSaid::Written(query) => {
            calls::preview(&mut model.calls, &mut model.desk, &query);
            model.overlays.push(Overlay::Form(form));
        }
        FormSaid::Show => calls::settle(&mut model.calls, &mut model.desk, &form.before),
        FormSaid::Save => {
            calls::settle(&mut model.calls, &mut model.desk, &form.before);
            viewing::save(model);
        }
        FormSaid::Cancel => calls::unsettle(&mut model.calls, &mut model.desk, &form.before),
    }
}

/// The box on top shows what the list knows by now.
pub(super) fn refresh(model: &mut Model) {
    let count = match model.calls.count {
        Some(count) => calls::count_text(count),
        None => "…".to_owned(),
    };
    if std::mem::take(&mut model.calls.views_came) {
        let known = model.calls.views.as_deref().unwrap_or_default();
        for overlay in &mut model.overlays {
            if let Overlay::Views(views) = overlay {
                views.learn(known);
            }
        }
    }
    if let Some(Overlay::Form(form)) = model.overlays.last_mut() {
        form.count = count;
        form.problem = model.calls.query.problem.as_ref().map(|problem| problem.message.clone());
        if let Some(values) = &model.calls.values {
            form.learn(values);
        }
    }
}
