"""What `helm test` asks of a running release: HTTP(S) and a DICOM echo, and that plain text gets nowhere.

Only Python's standard library. Variables: ADDRESS, WEB_PORT, WEB_HOST, DICOM_PORT, DICOM_HOST, AE_TITLE, TLS ("yes" or unset).
/authority/ca.crt: the CA to trust; /client/tls.crt and tls.key: a certificate to show, both where they exist.
"""
import os
import socket
import ssl
import struct
import sys
import time

ADDRESS = os.environ["ADDRESS"]
TLS = os.environ.get("TLS") == "yes"
AUTHORITY = "/authority/ca.crt"
CLIENT = ("/client/tls.crt", "/client/tls.key")


def connect(port, name, tls=TLS):
    """A connection; with TLS the certificate is verified, its names only where `name` says which (then it is the SNI too)."""
    plain = socket.create_connection((ADDRESS, int(port)), timeout=10)
    if not tls:
        return plain
    context = ssl.create_default_context(cafile=AUTHORITY if os.path.exists(AUTHORITY) else None)
    context.check_hostname = bool(name)
    if all(map(os.path.exists, CLIENT)):
        context.load_cert_chain(*CLIENT)
    return context.wrap_socket(plain, server_hostname=name or None)


def receive(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise OSError("the connection was closed after %d of %d bytes" % (len(data), count))
        data += part
    return data


def check_web():
    """Orthanc answers, and wants a password: 401."""
    host = os.environ.get("WEB_HOST") or ADDRESS
    with connect(os.environ["WEB_PORT"], host) as connection:
        connection.sendall(("GET /system HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host).encode())
        status = receive(connection, 12)
    if status[9:] != b"401":
        raise OSError("HTTP answered %r where a password is due (401)" % status)


def item(kind, data):
    """An item of an association's PDU (DICOM PS3.8, 9.3): type, reserved, length, content."""
    return struct.pack(">BBH", kind, 0, len(data)) + data


def pdu(kind, data):
    return struct.pack(">BBI", kind, 0, len(data)) + data


def element(number, data):
    """An element of group 0000, Implicit VR Little Endian."""
    data += b"\0" * (len(data) % 2)
    return struct.pack("<HHI", 0, number, len(data)) + data


def receive_pdu(connection):
    kind, length = struct.unpack(">BxI", receive(connection, 6))
    return kind, receive(connection, length)


def association_request():
    called = os.environ["AE_TITLE"].encode().ljust(16)
    context = b"\1\0\0\0" + item(0x30, b"1.2.840.10008.1.1") + item(0x40, b"1.2.840.10008.1.2")
    user = item(0x51, struct.pack(">I", 16384)) + item(0x52, b"1.2.826.0.1.3680043.10.1")
    items = item(0x10, b"1.2.840.10008.3.1.1.1") + item(0x20, context) + item(0x50, user)
    return pdu(1, b"\0\1\0\0" + called + b"HELM-TEST".ljust(16) + b"\0" * 32 + items)


def check_echo(tls=TLS):
    """C-ECHO (DICOM PS3.7, 9.1.5): associate, ask, see status 0000, release."""
    with connect(os.environ["DICOM_PORT"], os.environ.get("DICOM_HOST"), tls) as connection:
        connection.sendall(association_request())
        kind, answer = receive_pdu(connection)
        if kind != 2:
            raise OSError("the association was refused: PDU %d, %r" % (kind, answer[:4]))
        command = element(2, b"1.2.840.10008.1.1") + element(0x100, b"\x30\0") + element(0x110, b"\1\0")
        command += element(0x800, b"\1\1")
        command = element(0, struct.pack("<I", len(command))) + command
        connection.sendall(pdu(4, struct.pack(">IBB", len(command) + 2, 1, 3) + command))
        kind, answer = receive_pdu(connection)
        if kind != 4 or element(0x900, b"\0\0") not in answer:
            raise OSError("C-ECHO did not succeed: PDU %d, %r" % (kind, answer))
        connection.sendall(pdu(5, b"\0" * 4))


def check_plain_text():
    """Without TLS nothing of DICOM comes back."""
    try:
        check_echo(tls=False)
    except (OSError, struct.error):
        return
    raise OSError("DICOM without TLS was let in")


def passes(name, check):
    """Tries for a while: a gateway learns of new routes and certificates a moment after the cluster does."""
    deadline = time.monotonic() + 30
    while True:
        try:
            check()
            print("ok      %s" % name)
            return True
        except (OSError, struct.error) as error:
            if time.monotonic() > deadline:
                print("FAILED  %s: %s" % (name, error))
                return False
            time.sleep(1)


results = [passes("HTTPS" if TLS else "HTTP", check_web), passes("C-ECHO", check_echo)]
if TLS:
    results.append(passes("plain text is refused", check_plain_text))
sys.exit(0 if all(results) else 1)
