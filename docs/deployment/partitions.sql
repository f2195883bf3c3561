-- Table `event` in parts of a hundred million each, so that vacuum, backup and moving to another disk go part by part.
-- Stop ingest, run it once as the owner of the tables (psql -v ON_ERROR_STOP=1 -1 -f partitions.sql), start ingest.
-- What is there becomes the first part and is not copied; the ids of its events are (16 bytes each).
-- Numbers stay unique by the key over all parts, ids by a table of their own: a part alone could not know those of others.

ALTER TABLE event RENAME TO event_first;
ALTER INDEX event_pkey RENAME TO event_first_pkey;
ALTER INDEX event_uid RENAME TO event_first_uid;
ALTER INDEX event_case RENAME TO event_first_case;

CREATE TABLE event (LIKE event_first, PRIMARY KEY (seq)) PARTITION BY RANGE (seq);
CREATE INDEX event_uid ON event (uid);
CREATE INDEX event_case ON event (case_id);

CREATE TABLE event_known (uid bytea PRIMARY KEY);
INSERT INTO event_known SELECT uid FROM event_first;
CREATE FUNCTION event_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event_known VALUES (NEW.uid);
    RETURN NEW;
END $$;

DO $$
DECLARE
    size constant bigint := 100000000;
    next bigint := (SELECT (coalesce(max(seq), 0) / size + 1) * size FROM event_first);
BEGIN
    EXECUTE format('ALTER TABLE event ATTACH PARTITION event_first FOR VALUES FROM (MINVALUE) TO (%s)', next);
    FOR part IN 1..40 LOOP
        EXECUTE format('CREATE TABLE event_%s PARTITION OF event FOR VALUES FROM (%s) TO (%s)', part, next, next + size);
        next := next + size;
    END LOOP;
    EXECUTE format('CREATE TABLE event_last PARTITION OF event FOR VALUES FROM (%s) TO (MAXVALUE)', next);
END $$;

CREATE TRIGGER event_once BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION event_once();
