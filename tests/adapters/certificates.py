"""A certificate for `localhost` that nobody vouches for."""

import subprocess
from pathlib import Path


def make_certificate(folder: Path) -> Path:
    """Writes cert.pem and key.pem into the folder; returns the path of the certificate."""
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    files = ("-keyout", folder / "key.pem", "-out", folder / "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, *files],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return folder / "cert.pem"
