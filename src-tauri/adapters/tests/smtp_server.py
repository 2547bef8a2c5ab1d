"""A mail server for the tests: STARTTLS or TLS, sign-in, and one way to break. Prints its port, then each mail as JSON,
read by Python's own parser."""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

mode, certificate, key = sys.argv[1:4]


def say(value):
    print(json.dumps(value), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode == "reject-recipient":
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if mode == "later":
            return "451 come back later"
        if mode == "reject-letter":
            return "554 this is spam"
        say(parsed(envelope))
        if mode == "cut-after":
            server.transport.abort()
        if mode == "silent":
            await asyncio.sleep(3600)
        return "250 OK"


def parsed(envelope):
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    part = lambda kind: mail.get_body(preferencelist=(kind,)).get_content()
    return {
        "from": envelope.mail_from,
        "recipients": envelope.rcpt_tos,
        "headers": {name: str(value) for name, value in mail.items()},
        "type": mail.get_content_type(),
        "plain": part("plain"),
        "html": part("html"),
        "defects": [str(defect) for defect in mail.defects],
    }


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"lastgood", b"correct horse")
    # Not handled: the server itself says no.
    return AuthResult(success=good, handled=good)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def server():
    return SMTP(
        Handler(),
        hostname="localhost",
        tls_context=None if mode == "tls" else context,
        require_starttls=mode != "tls",
        auth_required=True,
        auth_require_tls=mode != "tls",
        authenticator=authenticate,
    )


async def main():
    loop = asyncio.get_running_loop()
    wrapped = context if mode == "tls" else None
    listening = await loop.create_server(server, "127.0.0.1", 0, ssl=wrapped)
    say({"port": listening.sockets[0].getsockname()[1]})
    # Ends with the test, however that ends.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
