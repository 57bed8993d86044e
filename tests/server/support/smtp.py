"""A mail server for the tests: keeps what it is sent in a folder, one file a letter. Prints its port.

smtp.py FOLDER MODE [CERTIFICATE KEY], on SMTP_PORT if that is set; MODE is none, starttls or tls. The user is salle, the password `mot de passe`.
Addresses that begin with refuse- are refused for good, with later- for now, and with slow- kept
after a while."""

import asyncio
import itertools
import os
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder, mode = pathlib.Path(sys.argv[1]), sys.argv[2]
context = None
if mode != "none":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])


class Keeper:
    numbers = itertools.count(len(list(folder.glob("*.eml"))))

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse-"):
            return "550 no such person"
        if address.startswith("later-"):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("slow-"):
            await asyncio.sleep(4)
        secure = server.transport.get_extra_info("ssl_object") is not None
        letter = f"To-Envelope: {','.join(envelope.rcpt_tos)}\nOver-TLS: {secure}\n".encode()
        aside = folder / f"{next(self.numbers)}.part"
        aside.write_bytes(letter + envelope.content)
        aside.rename(aside.with_suffix(".eml"))
        return "250 kept"


def authenticate(server, session, envelope, mechanism, data):
    known = (data.login, data.password) == (b"salle", b"mot de passe")
    return AuthResult(success=known, handled=known)


def session():
    return SMTP(
        Keeper(),
        authenticator=authenticate,
        auth_required=mode != "none",
        auth_require_tls=mode == "starttls",
        require_starttls=mode == "starttls",
        tls_context=context if mode == "starttls" else None,
        enable_SMTPUTF8=True,
    )


async def serve():
    wrapped = context if mode == "tls" else None
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", int(os.environ.get("SMTP_PORT", "0")), ssl=wrapped)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve())
