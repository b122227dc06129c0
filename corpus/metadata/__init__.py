"""The describer: title, dates, publisher, agency, language and the rest, each with evidence."""
