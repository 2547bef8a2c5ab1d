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


# Who was asked for before.
asked = set()


def say(value):
    print(json.dumps(value), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode == "reject-recipient":
            return "550 no such mailbox"
        if mode == "dead-mailbox" and address.startswith("other@"):
            return "550 no such mailbox"
        if mode == "busy-at-first" and address.startswith("other@") and address not in asked:
            asked.add(address)
            return "450 come back later"
        if mode == "busy-mailboxes" or (mode == "one-busy-mailbox" and address.startswith("other@")):
            return "450 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if mode == "going-down":
            return "421 closing down"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if mode == "going-down-after":
            return "421 closing down"
        if mode == "later":
            return "451 come back later"
        if mode == "reject-letter":
            return "554 this is spam"
        say(parsed(envelope))
        if mode == "cut-after":
            server.transport.abort()
        if mode == "silent":
            await asyncio.sleep(3600)
        if mode == "half-answer":
            server.transport.write(b"250-OK, but")
            await asyncio.sleep(3600)
        if mode == "cut-answer":
            server.transport.write(b"250-OK, but")
            server.transport.close()
            await asyncio.sleep(3600)
        if mode == "late":
            await asyncio.sleep(1)
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


class Cut(SMTP):
    """Ends the connection in the middle of the text."""

    async def smtp_DATA(self, argument):
        await self.push("354 go on")
        await self._reader.readline()
        self.transport.abort()


async def broken(reader, writer):
    """A server that has not said who it is yet."""
    if mode == "half-banner":
        writer.write(b"220-mail.acme")
        await writer.drain()
        await reader.read()
    if mode == "busy-banner":
        writer.write(b"421 too many connections\r\n")
        await writer.drain()
    writer.close()


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def server():
    return (Cut if mode == "cut-during" else SMTP)(
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
    if mode in ("cut-banner", "half-banner", "busy-banner"):
        listening = await asyncio.start_server(broken, "127.0.0.1", 0)
    else:
        listening = await loop.create_server(server, "127.0.0.1", 0, ssl=wrapped)
    say({"port": listening.sockets[0].getsockname()[1]})
    # Ends with the test, however that ends.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
