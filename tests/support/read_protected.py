"""An independent reader of protected files, on libsodium and ruamel.yaml.

usage: read_protected.py FILE < {"CUSTODIAN": "PASSPHRASE", ...}
Prints as JSON what each custodian reads, and the file as ruamel.yaml writes it again.
"""
import base64
import hashlib
import io
import json
import struct
import sys

import nacl.public
import nacl.pwhash
import ruamel.yaml


def decode(text):
    raw = base64.b64decode(text, validate=True)
    assert raw[0] == 0, "not version 0"
    return raw[1:]


def private_key(name, passphrase, pwdkm):
    raw = base64.b64decode(pwdkm, validate=True)
    version, salt, public = raw[0], raw[-40:-32], raw[-32:]
    opslimit, memlimit = struct.unpack("<II", raw[1:9]) if version == 1 else (4, 256 << 20)
    pre = hashlib.sha512(passphrase.encode() + salt + name.encode()).digest()
    kdf_salt = hashlib.sha512(salt + name.encode()).digest()[:16]
    assert version in (0, 1, 2), "not a version of the Python tool's"
    key = pre[:32] if version == 2 else nacl.pwhash.argon2id.kdf(
        32, pre, kdf_salt, opslimit=opslimit, memlimit=memlimit)
    assert bytes(nacl.public.PrivateKey(key).public_key) == public, "wrong passphrase"
    return nacl.public.PrivateKey(key)


def open_box(key, text):
    return nacl.public.SealedBox(key).decrypt(decode(text))


def main():
    yaml = ruamel.yaml.YAML()
    yaml.width = 100
    with open(sys.argv[1], "rb") as file:
        data = yaml.load(file.read().decode("utf8"))
    again = io.StringIO()
    yaml.dump(data, again)
    log, custodians = data.pop("audit-log"), data.pop("key-custodians")
    values = {}
    for name, passphrase in json.load(sys.stdin).items():
        key = private_key(name, passphrase, custodians[name]["pwdkm"])
        owned = values[name] = {}
        for domain, entries in data.items():
            if name not in entries["meta"]["owners"]:
                continue
            domain_key = nacl.public.PrivateKey(open_box(key, entries["meta"]["owners"][name]))
            assert bytes(domain_key.public_key) == decode(entries["meta"]["public-key"])
            owned[domain] = {
                entry[len("secret-"):]: open_box(domain_key, box).decode("utf8")
                for entry, box in entries.items() if entry != "meta"}
    json.dump({"values": values, "log": list(log), "again": again.getvalue()}, sys.stdout)


main()
