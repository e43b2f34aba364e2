"""Answers one statement a line with `ms MILLISECONDS` of processor time (all threads, median), or `error WHY`."""
import os, sys, time
import duckdb

database, csv, columns = sys.argv[1:4]
begin = time.process_time_ns()
if csv:
    part = database + ".part"
    if os.path.exists(part):
        os.unlink(part)
    with duckdb.connect(part) as fresh:
        fresh.execute("SET enable_progress_bar=false")
        fresh.execute(f"CREATE TABLE calls AS SELECT * FROM read_csv('{csv}', header=true, columns={columns})")
    os.rename(part, database)
connection = duckdb.connect(database, read_only=True)
connection.execute("SET enable_progress_bar=false")
print("ms", (time.process_time_ns() - begin) / 1e6, flush=True)
for line in sys.stdin:
    try:
        times, until = [], time.monotonic() + 1.0
        connection.execute(line).fetchall()
        while len(times) < 3 or (len(times) < 50 and time.monotonic() < until):
            begin = time.process_time_ns()
            connection.execute(line).fetchall()
            times.append(time.process_time_ns() - begin)
        times.sort()
        print("ms", times[len(times) // 2] / 1e6, flush=True)
    except Exception as why:
        print("error", str(why).replace("\n", " "), flush=True)
