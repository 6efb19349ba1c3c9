-- Those that wait, by the network address that they come from: the first part of their source.
CREATE INDEX "chat_sessions_waiting_address_idx" ON "chat_sessions"(split_part("source", '.', 1))
    WHERE "status" = 'waiting' AND "source" IS NOT NULL;

-- How many wait of a customer and of an address. It holds up the others of that address until the transaction ends, and
-- counts after that: being volatile, it sees what was committed meanwhile, which the statement that calls it does not.
CREATE FUNCTION "lock_and_count_waiting"("of_source" TEXT, OUT "of_customer" INTEGER, OUT "of_address" INTEGER)
LANGUAGE plpgsql VOLATILE COST 10000 AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('waiting ' || split_part(of_source, '.', 1), 0));
    SELECT count(*) FILTER (WHERE s."source" = of_source), count(*) INTO of_customer, of_address
    FROM "chat_sessions" s
    WHERE split_part(s."source", '.', 1) = split_part(of_source, '.', 1)
        AND s."status" = 'waiting' AND s."source" IS NOT NULL;
END
$$;
