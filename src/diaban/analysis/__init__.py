"""Questions put to a table of events, answered by the engine without a database: `diaban analyse`, and the web's runs.

- `tables`: what a question is put to (`PointEvents`, `AreaCounts`); `settings`: what can be chosen for each question;
- `answering.answer(settings, table, …)`: an `answer.Answer`, in words, rows, curves and shapes;
- `answer.to_document(…, keep)` for storing, `answer.rendered(document, translate)` for reading in either language.
"""
