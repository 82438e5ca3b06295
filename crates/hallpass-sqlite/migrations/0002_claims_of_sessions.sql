-- What the application added to a session: the text of a JSON object.
ALTER TABLE sessions ADD COLUMN claims TEXT;
