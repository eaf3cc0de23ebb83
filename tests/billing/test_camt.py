"""Bank files: what they say is booked once; hostile ones are refused and touch nothing."""

from datetime import date

import pytest

from helpdesk.billing.camt import MAX_BYTES, Incoming, read_payments
from helpdesk.core.errors import InvalidInput
from helpdesk.core.money import chf

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{n}.001.08">'
)


def entry(
    amount: str = "1751.20",
    reference: str = "000000000000000202700000429",
    side: str = "CRDT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    bank: str = "B-1",
    currency: str = "CHF",
) -> str:
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{status}'
        f"<BookgDt><Dt>2027-03-09</Dt></BookgDt><AcctSvcrRef>E-{bank}</AcctSvcrRef><NtryDtls><TxDtls>"
        f'<Refs><AcctSvcrRef>{bank}</AcctSvcrRef></Refs><Amt Ccy="{currency}">{amount}</Amt>'
        f"<RltdPties><Dbtr><Pty><Nm>Muster SA</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf>"
        f"</TxDtls></NtryDtls></Ntry>"
    )


def statement(*entries: str, kind: str = "053") -> bytes:
    outer, inner = ("BkToCstmrStmt", "Stmt") if kind == "053" else ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    return (
        HEAD.format(n=kind) + f"<{outer}><{inner}>{''.join(entries)}</{inner}></{outer}></Document>"
    ).encode()


@pytest.mark.parametrize("kind", ["053", "054"])
@pytest.mark.parametrize("status", ["<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>"])
def test_a_booked_credit_is_a_payment(kind: str, status: str) -> None:
    assert read_payments(statement(entry(status=status), kind=kind)) == [
        Incoming("camt:B-1", chf("1751.20"), "000000000000000202700000429", "Muster SA", date(2027, 3, 9))
    ]


def test_debits_pending_and_reversed_entries_are_no_payments() -> None:
    reversed_one = entry().replace("</CdtDbtInd>", "</CdtDbtInd><RvslInd>true</RvslInd>")
    pending = entry(status="<Sts><Cd>PDNG</Cd></Sts>")
    assert read_payments(statement(entry(side="DBIT"), pending, reversed_one)) == []


def test_a_collective_entry_is_its_payments() -> None:
    more = entry(bank="B-2", amount="5.00").partition("<NtryDtls>")[2]
    both = entry().replace("</NtryDtls></Ntry>", "") + more
    assert [each.key for each in read_payments(statement(both))] == ["camt:B-1", "camt:B-2"]


ENTITY = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "{what}">]><Document>{body}</Document>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"<Document></Document>",
        b"\xff\xfe\x00",
        ENTITY.format(what="x", body="&a;").encode(),
        ENTITY.replace('"{what}"', 'SYSTEM "file:///etc/passwd"').format(body="&a;").encode(),
        (
            b'<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><Document>&b;</Document>'
        ),
        b'<?xml version="1.0" encoding="no-such-code"?><Document/>',
        b"<" * 10_000,
        b" " * (MAX_BYTES + 1),
        statement(entry(amount="-5")),
        statement(entry(amount="0")),
        statement(entry(amount="1e400")),
        statement(entry(amount="NaN")),
        statement(entry(amount="1.005")),
        statement(entry(amount="")),
        statement(entry(currency="C")),
        statement(entry().replace("2027-03-09", "yesterday")),
    ],
)
def test_a_hostile_or_broken_file_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_payments(content)
