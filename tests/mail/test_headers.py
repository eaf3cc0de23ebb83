"""Header fields as programs of all ages write them: senders, receivers, subjects, dates."""

from datetime import UTC

import pytest

from helpdesk.mail.parse import parse

SENDERS = [
    (b'Vera <v@k.example>', 'v@k.example', 'Vera'),
    (b'v@k.example', 'v@k.example', ''),
    (b'<v@k.example>', 'v@k.example', ''),
    (b'v@k.example (Vera Muster)', 'v@k.example', 'Vera Muster'),
    (b'"Muster, Vera" <v@k.example>', 'v@k.example', 'Muster, Vera'),
    (b'Muster, Vera <v@k.example>', 'v@k.example', 'Muster, Vera'),
    (b"'Vera' <v@k.example>", 'v@k.example', 'Vera'),
    (b'"\'Vera\'" <v@k.example>', 'v@k.example', 'Vera'),
    (b'"\'v@k.example\'" <v@k.example>', 'v@k.example', 'v@k.example'),
    (b'Vera [Muster] <v@k.example>', 'v@k.example', 'Vera [Muster]'),
    (b'Vera (Buchhaltung) <v@k.example>', 'v@k.example', 'Vera'),
    (b'Vera. M. <v@k.example>', 'v@k.example', 'Vera. M.'),
    (b'Vera @ Muster AG <v@k.example>', 'v@k.example', 'Vera @ Muster AG'),
    (b'"Vera @ Muster" <v@k.example>', 'v@k.example', 'Vera @ Muster'),
    (b'"Vera; Muster" <v@k.example>', 'v@k.example', 'Vera; Muster'),
    (b'=?UTF-8?Q?M=C3=BCller=2C_Vera?= <v@k.example>', 'v@k.example', 'Müller, Vera'),
    (b'=?UTF-8?Q?M=C3=BCller,?= Vera <v@k.example>', 'v@k.example', 'Müller, Vera'),
    (b'"=?UTF-8?Q?M=C3=BCller?=" <v@k.example>', 'v@k.example', 'Müller'),
    (b'=?ISO-8859-1?Q?M=FCller?= =?ISO-8859-1?Q?_Vera?= <v@k.example>', 'v@k.example', 'Müller Vera'),
    (b'=?utf-8?B?TcO8bGxlcg==?= <v@k.example>', 'v@k.example', 'Müller'),
    (b'=?utf-8?b?TcO8bGxlcg?= <v@k.example>', 'v@k.example', 'Müller'),
    (b'=?utf-8?Q?Vera?=<v@k.example>', 'v@k.example', 'Vera'),
    (b'Vera<v@k.example>', 'v@k.example', 'Vera'),
    (b'Vera  Muster   <v@k.example>', 'v@k.example', 'Vera Muster'),
    (b'Vera <v@k.example> ', 'v@k.example', 'Vera'),
    (b'Vera < v@k.example >', 'v@k.example', 'Vera'),
    (b'Vera <v @k.example>', 'v@k.example', 'Vera'),
    (b'Vera <mailto:v@k.example>', 'v@k.example', 'Vera'),
    (b'Vera <v@k.example', 'v@k.example', 'Vera'),
    (b'Vera v@k.example>', 'v@k.example', 'Vera'),
    (b'Vera <v@k.example>>', 'v@k.example', 'Vera'),
    (b'Vera <<v@k.example>>', 'v@k.example', 'Vera'),
    (b'Vera [v@k.example]', 'v@k.example', 'Vera'),
    (b'"Vera" v@k.example', 'v@k.example', 'Vera'),
    (b'"v@k.example"', 'v@k.example', ''),
    (b'v@k.example, w@k.example', 'v@k.example', ''),
    (b'Vera <v@k.example>, Emil <e@k.example>', 'v@k.example', 'Vera'),
    (b'"Vera" <>', '', 'Vera'),
    (b'Team: v@k.example;', 'v@k.example', ''),
    (b'undisclosed-recipients:;', '', ''),
    (b'vera+tag@k.example', 'vera+tag@k.example', ''),
    (b'Vera <v@[192.0.2.1]>', 'v@[192.0.2.1]', 'Vera'),
    (b'Vera <v@k.example (comment)>', 'v@k.example', 'Vera'),
    (b'Vera (a (nested) comment) <v@k.example>', 'v@k.example', 'Vera'),
    (b'(Vera) v@k.example', 'v@k.example', 'Vera'),
    (b'V@K.EXAMPLE', 'V@K.EXAMPLE', ''),
    (b'vera@m\xc3\xbcller.example', 'vera@müller.example', ''),
    (b'Vera <vera@xn--mller-kva.example>', 'vera@xn--mller-kva.example', 'Vera'),
    (b'M\xfcller <v@k.example>', 'v@k.example', 'Müller'),
    (b'M\xc3\xbcller <v@k.example>', 'v@k.example', 'Müller'),
    (b'\xe9\xd7\xc1\xce \xf0\xc5\xd4\xd2\xcf\xd7 <v@k.example>', 'v@k.example', 'Иван Петров'),
    (b'\xc8\xe2\xe0\xed \xcf\xe5\xf2\xf0\xee\xe2 <v@k.example>', 'v@k.example', 'Иван Петров'),
    (b'\x1b$B;3EDB@O:$5$s$X\x1b(B <v@k.example>', 'v@k.example', '山田太郎さんへ'),
    (b'=?iso-2022-jp?B?GyRCOzNFREJATzobKEI=?= <v@k.example>', 'v@k.example', '山田太郎'),
    (b'=?gb2312?B?1cXI/Q==?= <v@k.example>', 'v@k.example', '张三'),
    (b'=?big5?B?pKSk5Q==?= <v@k.example>', 'v@k.example', '中文'),
    (b'=?euc-kr?B?yKux5rW/?= <v@k.example>', 'v@k.example', '홍길동'),
    (b'=?ks_c_5601-1987?B?yKux5rW/?= <v@k.example>', 'v@k.example', '홍길동'),
    (b'=?koi8-r?Q?=E9=D7=C1=CE?= <v@k.example>', 'v@k.example', 'Иван'),
    (b'=?windows-1251?B?yOLg7Q==?= <v@k.example>', 'v@k.example', 'Иван'),
    (b'=?iso-8859-15?Q?=A4?= <v@k.example>', 'v@k.example', '€'),
    (b'=?utf-7?Q?M+APw-ller?= <v@k.example>', 'v@k.example', 'Müller'),
    (b'=?x-unknown?Q?M=FCller?= <v@k.example>', 'v@k.example', 'Müller'),
    (b'=?utf-8?Q?Vera_=3Cv=40evil.example=3E?= <v@k.example>', 'v@k.example', 'Vera <v@evil.example>'),
    (b'=?utf-8?Q?Vera?= =?utf-8?Q?=3Cv=40k.example=3E?=', 'v@k.example', 'Vera'),
    (b'"Vera \\"V\\" Muster" <v@k.example>', 'v@k.example', 'Vera "V" Muster'),
    (b'"Vera\\\\Muster" <v@k.example>', 'v@k.example', 'Vera\\Muster'),
    (b'Vera via Portal <portal@k.example>', 'portal@k.example', 'Vera via Portal'),
]  # fmt: skip

RECEIVERS = [
    ('x@y.example', ['x@y.example']),
    ('x@y.example, z@y.example', ['x@y.example', 'z@y.example']),
    ('x@y.example; z@y.example', ['x@y.example', 'z@y.example']),
    ('X <x@y.example>,\n Z <z@y.example>', ['x@y.example', 'z@y.example']),
    ('undisclosed-recipients:;', []),
    ('Undisclosed recipients', []),
    ('', []),
    ('Team: x@y.example, z@y.example;', ['x@y.example', 'z@y.example']),
    ('A: x@y.example;, B: z@y.example;', ['x@y.example', 'z@y.example']),
    ('"Muster, Vera" <x@y.example>, <z@y.example>', ['x@y.example', 'z@y.example']),
    ('x@y.example,', ['x@y.example']),
    (',x@y.example', ['x@y.example']),
    ('x@y.example z@y.example', ['x@y.example', 'z@y.example']),
    ('<x@y.example> <z@y.example>', ['x@y.example', 'z@y.example']),
    ('x@y.example\nTo: z@y.example', ['x@y.example', 'z@y.example']),
    ('hilfe', ['hilfe']),
    ("'x@y.example'", ['x@y.example']),
    ('x@y.example (X), z@y.example (Z)', ['x@y.example', 'z@y.example']),
    ('=?utf-8?Q?M=C3=BCller?= <x@y.example>,=?utf-8?Q?Z?= <z@y.example>', ['x@y.example', 'z@y.example']),
    ('x@y.example <x@y.example>', ['x@y.example']),
    ('<x@y.example>;<z@y.example>', ['x@y.example', 'z@y.example']),
    ('Muster, Vera <x@y.example>', ['x@y.example']),
    ('Kunde:x@y.example;', ['x@y.example']),
]  # fmt: skip

SUBJECTS = [
    (b'=?utf-8?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'),
    (b'=?utf-8?Q?Gr=C3=BC?=\r\n =?utf-8?Q?=C3=9Fe?=', 'Grüße'),
    (b'=?utf-8?B?R3LDvA==?= =?utf-8?B?w59l?=', 'Grüße'),
    (b'=?utf-8?B?R3LDvMM=?= =?utf-8?B?n2U=?=', 'Grüße'),
    (b'Re: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= aus Bern', 'Re: Grüße aus Bern'),
    (b'=?utf-8?Q?Gr=C3=BC=C3=9Fe?=aus Bern', 'Grüßeaus Bern'),
    (b'a =?utf-8?Q?b?= =?utf-8?Q?c?= d', 'a bc d'),
    (b'=?ISO-8859-1?Q?Gr=FC=DFe?= =?UTF-8?Q?_=E2=82=AC?=', 'Grüße €'),
    (b'=?utf-8?q?a_b?=', 'a b'),
    (b'=?utf-8?Q?a b c?=', 'a b c'),
    (b'=?utf-8?Q?Frage=3F?=', 'Frage?'),
    (b'=?utf-8?Q?Frage?_ja?=', 'Frage? ja'),
    (b'=?utf-8?Q?Gr=C3=BC=C3=9Fe', 'Grüße'),
    (b'=?utf-8?B?R3LDvMOfZQ==', 'Grüße'),
    (b'=?utf-8?Q??=', ''),
    (b'=?utf-8?Q?=?=', '='),
    (b'=?UTF-8?Q?Gr=c3=bc=c3=9fe?=', 'Grüße'),
    (b'=?utf8?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'),
    (b'=?UTF8?B?R3LDvMOfZQ==?=', 'Grüße'),
    (b'=?utf-8?Q?Gr=FC=DFe?=', 'Grüße'),
    (b'=?us-ascii?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'),
    (b'=?iso-8859-1?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'),
    (b'=?windows-1252?Q?=84Hallo=93_=80?=', '„Hallo“ €'),
    (b'=?cp1252?Q?=80?=', '€'),
    (b'=?iso-8859-1?Q?100=80?=', '100€'),
    (b'=?iso-2022-jp?B?GyRCRnxLXBsoQg==?= =?iso-2022-jp?B?GyRCOGwbKEI=?=', '日本語'),
    (b'=?shift_jis?B?k/qWe4zq?=', '日本語'),
    (b'=?euc-jp?B?xvzL3Ljs?=', '日本語'),
    (b'=?gbk?B?1tDOxA==?=', '中文'),
    (b'=?gb18030?B?1tDOxA==?=', '中文'),
    (b'=?hz-gb-2312?B?fntWUE5Efn0=?=', '中文'),
    (b'Gr\xc3\xbc\xc3\x9fe', 'Grüße'),
    (b'Gr\xfc\xdfe', 'Grüße'),
    (b'Re: Gr\xfc\xdfe aus Z\xfcrich \x80', 'Re: Grüße aus Zürich €'),
    (b'\xcf\xf0\xe8\xe2\xe5\xf2, \xef\xee\xec\xee\xe3\xe8\xf2\xe5 \xef\xee\xe6\xe0\xeb\xf3\xe9\xf1\xf2\xe0', 'Привет, помогите пожалуйста'),
    (b'\xf0\xd2\xc9\xd7\xc5\xd4, \xd0\xcf\xcd\xcf\xc7\xc9\xd4\xc5 \xd0\xcf\xd6\xc1\xcc\xd5\xca\xd3\xd4\xc1', 'Привет, помогите пожалуйста'),
    (b'Re: \xe2\xee\xef\xf0\xee\xf1 \xef\xee \xf1\xf7\xe5\xf2\xf3', 'Re: вопрос по счету'),
    (b'\xb9\xd8\xd3\xda\xb7\xa2\xc6\xb1\xb5\xc4\xce\xca\xcc\xe2\xc7\xeb\xb0\xef\xd6\xfa', '关于发票的问题请帮助'),
    (b'\xc3\xf6\xa9\xf3\xb5o\xb2\xbc\xaa\xba\xb0\xdd\xc3D\xbd\xd0\xc0\xb0\xa7U', '關於發票的問題請幫助'),
    (b'\xc3\xbb\xb1\xb8\xbc\xad\xbf\xa1 \xb4\xeb\xc7\xd1 \xb9\xae\xc0\xc7\xc0\xd4\xb4\xcf\xb4\xd9', '청구서에 대한 문의입니다'),
    (b'\xc0\xc1\xb5\xe1\xbd\xf1\xa4\xcb\xa4\xc4\xa4\xa4\xa4\xc6\xa4\xce\xbc\xc1\xcc\xe4\xa4\xc7\xa4\xb9', '請求書についての質問です'),
    (b'\x90\xbf\x8b\x81\x8f\x91\x82\xc9\x82\xc2\x82\xa2\x82\xc4\x82\xcc\x8e\xbf\x96\xe2\x82\xc5\x82\xb7', '請求書についての質問です'),
    (b'\x1b$B@A5a=q$K$D$$$F$N<ALd$G$9\x1b(B', '請求書についての質問です'),
    (b'a\r\n b', 'a b'),
    (b'a\r\n\tb', 'a b'),
    (b'a\tb', 'a b'),
    (b'  a  ', 'a'),
    (b'=?utf-8?Q?a=0D=0Ab?=', 'a b'),
    (b'=?utf-8?B?8J+YgA==?=', '😀'),
    (b'=?utf-8?B?8J+Y?= =?utf-8?B?gA==?=', '😀'),
    (b'=?utf-8?Q?=F0=9F=98=80?=', '😀'),
    (b'=?utf-16?B?//5IAGkA?=', 'Hi'),
    (b'=?unknown?Q?abc?=', 'abc'),
    (b'=?utf-8?X?abc?=', '=?utf-8?X?abc?='),
    (b'=?utf-8?Q?a?==?utf-8?Q?b?=', 'ab'),
    (b'(=?utf-8?Q?a?=)', '(a)'),
    (b'"=?utf-8?Q?a?="', '"a"'),
    (b'=? a ?= b', '=? a ?= b'),
    (b'50 =?= 50', '50 =?= 50'),
    (b'=?utf-8?Q?Caf=C3=A9 um die Ecke?= =?utf-8?Q?und mehr?=', 'Café um die Eckeund mehr'),
    (b'=?UTF-8?B?R3LDvMOfZSA=?= =?UTF-8?B?YXVz?=', 'Grüße aus'),
    (b'=?iso-8859-1?B?R3L832U?=', 'Grüße'),
    (b'=?utf-8?Q?=5BTicket=231=5D?=', '[Ticket#1]'),
    (b'AW: =?iso-8859-1?Q?R=FCckfrage?=', 'AW: Rückfrage'),
    (b'=?utf-8?Q?A=20?= =?utf-8?Q?B?=', 'A B'),
    (b'=?utf-8?Q?very=20long?=\r\n\t=?utf-8?Q?=20subject?=\r\n =?utf-8?Q?=20here?=', 'very long subject here'),
    (b'=?utf-8?Q?a?=\r\n b\r\n =?utf-8?Q?c?=', 'a b c'),
    (b'=?Windows-1252?Q?=96?=', '–'),
    (b'=?iso-8859-2?Q?=B9?=', 'š'),
    (b'=?iso-8859-9?Q?=FE?=', 'ş'),
    (b'=?windows-1254?Q?=FE?=', 'ş'),
    (b'=?iso-8859-7?Q?=E1?=', 'α'),
    (b'=?windows-1255?B?+ezl7Q==?=', 'שלום'),
    (b'=?iso-8859-8-i?B?+ezl7Q==?=', 'שלום'),
    (b'=?windows-1256?B?49HNyMc=?=', 'مرحبا'),
    (b'=?tis-620?B?ysfRyrTV?=', 'สวัสดี'),
    (b'=?macintosh?Q?=9F?=', 'ü'),
    (b'=?ibm850?Q?=81?=', 'ü'),
    (b'=?cp437?Q?=81?=', 'ü'),
    (b'=?windows-874?B?ysfRyrTV?=', 'สวัสดี'),
    (b'=?viscii?B?VA==?=', 'T'),
    (b'=?utf-8?Q?(no_subject)?=', '(no subject)'),
]  # fmt: skip

DATES = [
    ('Mon, 3 Feb 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('3 Feb 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Mon, 03 Feb 2025 14:05:00 +0100 (CET)', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 +01:00', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 13:05:00 GMT', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 13:05:00 UT', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 13:05:00 UTC', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 13:05:00 Z', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 13:05:00 -0000', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 13:05:00', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 25 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('3 Feb 25 14:05 +0100', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05 +0100', '2025-02-03T13:05:00'),
    ('Mon 3 Feb 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Mon Feb 3 14:05:00 2025 +0100', '2025-02-03T13:05:00'),
    ('Mon Feb  3 13:05:00 2025', '2025-02-03T13:05:00'),
    ('Mon, Feb 3, 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Monday, 3 Feb 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Monday, February 3, 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('3 February 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 08:05:00 EST', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 05:05:00 PST', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 MET', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 MEZ', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 CET', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 GMT+1', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 GMT+0100', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 UTC+01:00', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 +100', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 +1', '2025-02-03T13:05:00'),
    ('2025-02-03T14:05:00+01:00', '2025-02-03T13:05:00'),
    ('2025-02-03T13:05:00Z', '2025-02-03T13:05:00'),
    ('2025-02-03 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('2025-02-03 13:05:00', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14.05.00 +0100', '2025-02-03T13:05:00'),
    ('Mon,3 Feb 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Mon , 3 Feb 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('03-Feb-2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('3-Feb-25 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Mo, 3 Feb 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Mo, 3 Feb 2025 14:05:00 +0100 (MEZ)', '2025-02-03T13:05:00'),
    ('Lun, 3 févr. 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('mån, 3 feb 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 02:05:00 PM +0100', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 2:05:00 PM +0100', '2025-02-03T13:05:00'),
    ('03 Feb 2025 22:05:00 JST', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 22:05:00 +0900', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00.123 +0100', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 +0100 +0100', '2025-02-03T13:05:00'),
    ('(comment) Mon, 3 Feb 2025 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025\n 14:05:00 +0100', '2025-02-03T13:05:00'),
    ('Mon, 3 Feb 2025 14:05:00 "CET"', '2025-02-03T13:05:00'),
    ('03.02.2025 13:05:00', '2025-02-03T13:05:00'),
    ('Tue, 3 Feb 98 14:05:00 +0100', '1998-02-03T13:05:00'),
    ('Tue, 3 Feb 103 14:05:00 +0100', '2003-02-03T13:05:00'),
    ('Mon, 3 Mär 2025 14:05:00 +0100', '2025-03-03T13:05:00'),
    ('Sam, 3 Mai 2025 14:05:00 +0200', '2025-05-03T12:05:00'),
    ('Do, 2 Okt 2025 14:05:00 +0200', '2025-10-02T12:05:00'),
    ('Mi, 3 Dez 2025 14:05:00 +0100', '2025-12-03T13:05:00'),
    ('Sat, 31 Dec 1969 23:59:59 +0000', '1969-12-31T23:59:59'),
]  # fmt: skip


def mail(name, value):
    return parse(
        b"To: x@y.example\r\n" * (name != b"To") + name + b": " + value + b"\r\nX-Other: 1\r\n\r\nHallo\r\n"
    )


@pytest.mark.parametrize(("value", "address", "name"), SENDERS, ids=range(len(SENDERS)))
def test_a_sender_is_read(value, address, name):
    found = mail(b"From", value)
    assert (found.from_address, found.from_name) == (address, name)


@pytest.mark.parametrize(("value", "addresses"), RECEIVERS, ids=range(len(RECEIVERS)))
def test_receivers_are_read(value, addresses):
    assert [box.address for box in mail(b"To", value.replace("\n", "\r\n").encode()).to] == addresses


@pytest.mark.parametrize(("value", "subject"), SUBJECTS, ids=range(len(SUBJECTS)))
def test_a_subject_is_decoded(value, subject):
    assert mail(b"Subject", value).subject == subject


@pytest.mark.parametrize(("value", "instant"), DATES)
def test_a_date_is_read(value, instant):
    date = mail(b"Date", value.replace("\n", "\r\n").encode()).date
    assert date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") == instant


@pytest.mark.parametrize(
    "head",
    [b"From : c@d.example\r\nSubject : s", b"\r\n\r\nFrom: c@d.example\r\nSubject: s", b"From a@b.example Mon Feb  3\r\nFrom: c@d.example\r\nSubject: s",
     b"\xef\xbb\xbfFrom: c@d.example\r\nSubject: s", b"garbage\r\nFrom: c@d.example\r\nSubject: s", b"From: c@d.example\r\r\nSubject: s\r\r",
     b"FROM: c@d.example\r\nsubject:s", b"From:\r\nFrom: c@d.example\r\nSubject: s", b"From: c@d.example\r\nSubject: s\r\n \r\nX-Y: z"],
)  # fmt: skip
def test_a_damaged_header_block_still_names_sender_and_subject(head):
    found = parse(head + b"\r\n\r\nHallo\r\n")
    assert (found.from_address, found.subject) == ("c@d.example", "s")


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n", b"\r\r\n"])
def test_any_kind_of_line_end_will_do(end):
    found = parse(end.join([b"From: c@d.example", b"Subject: s", b"", b"Hallo"]))
    assert (found.from_address, found.subject, found.text) == ("c@d.example", "s", "Hallo")
