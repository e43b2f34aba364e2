# Texts of the console in English. Ids are kebab-case and begin with the place they stand in.
# A test fails when code asks for an id that is not here, and when an id here is asked for by nobody.
