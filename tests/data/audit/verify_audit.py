#!/usr/bin/env python3
"""Checks the audit log of a callreel database by docs/audit.md alone. Usage: verify_audit.py FILE.db [CHECKPOINTS]
Prints each fault as "SEQ REASON"; exit status 1 if there is any. Standard library only; Ed25519 as in RFC 8032."""
import hashlib, json, os, sqlite3, sys
from datetime import datetime, timezone
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def point(bytes_):
    y = int.from_bytes(bytes_, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P)
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P: x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - xx) % P or y >= P: raise ValueError("no point")
    return (P - x if x & 1 != sign else x, y)

def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P)

def times(point_, n):
    sum_ = (0, 1)
    while n:
        if n & 1: sum_ = add(sum_, point_)
        point_, n = add(point_, point_), n >> 1
    return sum_
BASE = point(bytes([0x58] + [0x66] * 31))

def is_signed(key, message, signature):
    try: a, r = point(key), point(signature[:32])
    except ValueError: return False
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return s < L and times(BASE, s) == add(r, times(a, h))

def message(c):
    parts = [b"audit-checkpoint-v1", len(c["log"]).to_bytes(4, "big"), c["log"].encode(), c["seq"].to_bytes(8, "big")]
    return b"".join(parts + [c["at_us"].to_bytes(8, "big")] + [bytes.fromhex(c[name]) for name in ("hash", "previous", "key_id")])

def main(path, outside):
    db, faults, signed, elsewhere = sqlite3.connect(f"file:{path}?mode=ro", uri=True), [], {}, []
    log = db.execute("SELECT value FROM meta WHERE key='database_id'").fetchone()[0]
    rows = db.execute("SELECT seq, at_us, hex(hash), hex(previous), key_id, hex(signature) FROM audit_checkpoint ORDER BY seq")
    if db.execute("SELECT count(*) FROM sqlite_schema WHERE type='trigger' AND tbl_name LIKE 'audit%' AND sql LIKE '%RAISE(ABORT%'").fetchone()[0] < 5:
        faults.append((0, "a guard is missing"))
    kept = [dict(zip(("seq", "at_us", "hash", "previous", "key_id", "signature"), row), log=log) for row in rows]
    for line in open(outside) if outside else []:
        c = json.loads(line)
        at = datetime.fromisoformat(c["at"].replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=timezone.utc)
        c["at_us"] = (at.days * 86400 + at.seconds) * 10**6 + at.microseconds
        signed.setdefault(c["seq"], []).append(c)
        if not is_signed(bytes.fromhex(c["key_id"]), message(c), bytes.fromhex(c["signature"])): faults.append((c["seq"], "signature kept elsewhere"))
        ours = [k for k in kept if k["seq"] == c["seq"]]
        if c["log"] != log: faults.append((c["seq"], "kept elsewhere of another log"))
        elif not ours: faults.append((c["seq"], "checkpoint removed"))
        elif any(ours[0][name].lower() != c[name] for name in ("hash", "previous", "key_id", "signature")): faults.append((c["seq"], "differs from the one kept elsewhere"))
        elsewhere.append(c["seq"])
    faults += [(k["seq"], "not among those kept elsewhere") for k in kept if elsewhere and min(elsewhere) < k["seq"] < max(elsewhere) and k["seq"] not in elsewhere]
    faults += [(seq, "its key was announced and has no checkpoint") for (seq,) in db.execute(
        "SELECT seq FROM audit_log a WHERE did='audit.key' AND seq<(SELECT max(seq) FROM audit_log) AND NOT EXISTS"
        "(SELECT 1 FROM audit_checkpoint c WHERE c.key_id=a.object AND c.seq>=a.seq)")]
    last = bytes(32)
    for c in kept:
        if bytes.fromhex(c["previous"]) != last: faults.append((c["seq"], "checkpoint does not follow"))
        if not is_signed(bytes.fromhex(c["key_id"]), message(c), bytes.fromhex(c["signature"])): faults.append((c["seq"], "signature"))
        named = db.execute("SELECT min(seq) FROM audit_log WHERE did='audit.key' AND object=?", (c["key_id"],)).fetchone()[0]
        if named is None or named > c["seq"]: faults.append((c["seq"], "its key is not named before it"))
        last = hashlib.sha256(message(c) + bytes.fromhex(c["signature"])).digest()
        signed.setdefault(c["seq"], []).append(c)
    last, end = bytes(32), 0
    for row in db.execute("SELECT a.seq,at_us,prev,hash,f.salt,f.text,who,via,uid,sudo_user,ssh_connection,did,object,project,outcome,detail,"
                          "commitment,address,session FROM audit_log a LEFT JOIN audit_foreign f ON f.seq=a.seq ORDER BY a.seq"):
        (seq, at, prev, hash_, salt, text), fields = row[:6], row[6:]
        if seq != end + 1: faults.append((end + 1, "missing"))
        elif prev != last: faults.append((seq, "does not follow"))
        second = fields[11] is not None or fields[12] is not None
        sha = hashlib.sha256((b"audit-v2" if second else b"audit-v1") + prev + seq.to_bytes(8, "big") + at.to_bytes(8, "big", signed=True))
        for field in fields[:13 if second else 11]:
            raw = b"" if field is None else field if isinstance(field, bytes) else str(field).encode()
            sha.update((0xFFFFFFFF if field is None else len(raw)).to_bytes(4, "big") + raw)
        if sha.digest() != hash_: faults.append((seq, "changed"))
        if text is not None and fields[10] is None: faults.append((seq, "a text put beside it"))
        elif text is not None and hashlib.sha256(b"audit-foreign-v1" + salt + text.encode()).digest() != fields[10]: faults.append((seq, "text"))
        if any(bytes.fromhex(c["hash"]) != hash_ for c in signed.get(seq, [])): faults.append((seq, "signed otherwise"))
        last, end = hash_, seq
    faults += [(seq, "a text beside nothing") for (seq,) in db.execute("SELECT seq FROM audit_foreign WHERE seq NOT IN (SELECT seq FROM audit_log)")]
    faults += [(end + 1, "missing at the end") for seq in signed if seq > end]
    key = (path[:-3] if path.endswith(".db") else path) + ".server/audit.key"
    if end and not kept and not elsewhere and os.path.exists(key): faults.append((end, "a key and no checkpoint"))
    print("".join(f"{seq} {why}\n" for seq, why in sorted(faults)) or f"whole: {end} entries, {len(kept)} checkpoints\n", end="")
    return 1 if faults else 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
