"""Requests that nobody would send, on both planes, and whether each has an answer that it may have.

    fuzz.py path/to/ecs-mock [--requests N] [--seed N] [--folder FOLDER]

Every operation of the control plane, as its OpenAPI document lists them, gets bodies and queries that fit and such that
are broken in one place; every action of the cloud plane gets parameters likewise. Some requests have odd methods, paths
and headers, and some are no HTTP at all. Whatever is sent,

- no answer says that the server failed, unless the operation documents that status;
- what is HTTP has an answer, and its JSON or XML can be read by a strict reader;
- a refusal on the control plane is a problem document, and every answer of the cloud plane has its request id;
- the server lives, and its log has neither a panic nor an error;
- a sandbox that nobody touched is what it was.

What is sent follows from the seed; in which order the server gets it does not.
"""

import collections
import dataclasses
import http.client
import json
import random
import re
import socket
import string
import threading
import time
from urllib.parse import quote_from_bytes, urlencode
from xml.etree import ElementTree

import yaml

from checks import main
from servers import PATIENCE, Connection, Server
from stress import JSON, LINES, Mismatch

CLIENTS = 6
CONTROL_PLANE = "/_mock/v1"
NAMES = [f"fuzz-{number}" for number in range(8)]
UNTOUCHED = "untouched"
# Faults are planned in this one alone: what they do to the requests that meet them looks like trouble of the server.
PLANNED = "planned"
# Each with its plural.
KINDS = {
    "Snapshot": "Snapshots",
    "Disk": "Disks",
    "Instance": "Instances",
    "Image": "Images",
    "SnapshotGroup": "SnapshotGroups",
    "AutoSnapshotPolicy": "AutoSnapshotPolicies",
}
# Few, so that the limit is met as well.
MAX_SANDBOXES, MAX_SNAPSHOTS = 60, 60
SEED = {
    "Instances": [{"InstanceId": "i-1"}],
    "Disks": [{"DiskId": f"d-{number}", "Category": "cloud_essd", "InstanceId": "i-1"} for number in range(5)],
    "Snapshots": [
        {"SnapshotId": f"s-{number}", "SourceDiskId": f"d-{number % 5}", "SnapshotName": "a", "Tags": {"env": "a"}}
        for number in range(20)
    ],
    "Images": [{"ImageId": "m-1", "SnapshotIds": ["s-1"]}],
    "SnapshotGroups": [{"SnapshotGroupId": "ssg-1", "SnapshotIds": ["s-1", "s-2"], "Tags": {"env": "a"}}],
    "AutoSnapshotPolicies": [
        {
            "AutoSnapshotPolicyId": "sp-1",
            "TimePoints": [0, 12],
            "RepeatWeekdays": [1, 2, 3, 4, 5, 6, 7],
            "RetentionDays": 1,
            "DiskIds": ["d-0", "d-1"],
        }
    ],
}

# Of the actions that there are, with what they may be given; whoever adds an action adds it here.
TAGS = [f"Tag.{number}.{part}" for number in (1, 2, 20, 21) for part in ("Key", "Value")]
ACTIONS = {
    "DescribeSnapshots": "RegionId DryRun Encrypted Filter.1.Key Filter.1.Value PageNumber PageSize SnapshotIds "
    "SnapshotLinkId SnapshotType SourceDiskType Status Usage Category MaxResults NextToken DiskId InstanceId "
    "SnapshotName KMSKeyId ResourceGroupId".split()
    + TAGS,
    "CreateSnapshot": "DiskId SnapshotName Description RetentionDays Category ClientToken InstantAccess "
    "InstantAccessRetentionDays ResourceGroupId StorageLocationArn".split()
    + TAGS,
    "DeleteSnapshot": "SnapshotId Force".split(),
    "ModifySnapshotAttribute": "SnapshotId SnapshotName Description RetentionDays DisableInstantAccess".split(),
    "AttachDisk": "DiskId InstanceId Bootable DeleteWithInstance Device Force KeyPairName Password".split(),
    "CreateDisk": "RegionId ZoneId Size SnapshotId DiskCategory DiskName Description Encrypted KMSKeyId InstanceId "
    "MultiAttach PerformanceLevel ProvisionedIops BurstingEnabled ResourceGroupId StorageSetId "
    "StorageSetPartitionNumber StorageClusterId ClientToken".split()
    + TAGS,
    "CreateSnapshotGroup": "RegionId InstanceId DiskId.1 DiskId.2 DiskId.129 ExcludeDiskId.1 Name Description ClientToken "
    "InstantAccess InstantAccessRetentionDays ResourceGroupId StorageLocationArn".split()
    + TAGS,
    "DescribeSnapshotGroups": "RegionId InstanceId Name ResourceGroupId SnapshotGroupId.1 SnapshotGroupId.11 Status.1 "
    "Status.4 MaxResults NextToken AdditionalAttributes.1".split()
    + TAGS,
    "CreateAutoSnapshotPolicy": "regionId autoSnapshotPolicyName timePoints repeatWeekdays retentionDays AssociationType "
    "TargetTags.1.Key TargetTags.1.Value TargetTags.6.Key EnableCrossRegionCopy TargetCopyRegions "
    "CopiedSnapshotsRetentionDays CopyEncryptionConfiguration.Encrypted CopyEncryptionConfiguration.KMSKeyId "
    "ResourceGroupId".split()
    + TAGS,
    "DescribeAutoSnapshotPolicyEx": "RegionId AutoSnapshotPolicyId AutoSnapshotPolicyName PageNumber PageSize "
    "ResourceGroupId".split()
    + TAGS,
    "ModifyAutoSnapshotPolicyEx": "regionId autoSnapshotPolicyId autoSnapshotPolicyName timePoints repeatWeekdays "
    "retentionDays TargetTags.1.Key TargetTags.1.Value EnableCrossRegionCopy TargetCopyRegions "
    "CopiedSnapshotsRetentionDays".split(),
    "DeleteAutoSnapshotPolicy": "regionId autoSnapshotPolicyId".split(),
    "ApplyAutoSnapshotPolicy": "regionId autoSnapshotPolicyId diskIds".split(),
    "CancelAutoSnapshotPolicy": "regionId autoSnapshotPolicyId diskIds".split(),
    "DescribeAutoSnapshotPolicyAssociations": "RegionId AutoSnapshotPolicyId DiskId MaxResults NextToken".split(),
    "ModifySnapshotGroup": "RegionId SnapshotGroupId Name Description".split(),
    "DeleteSnapshotGroup": "RegionId SnapshotGroupId".split(),
    "DeleteDisk": ["DiskId"],
    "DescribeDisks": "RegionId DryRun Encrypted Filter.1.Key Filter.1.Value PageNumber PageSize DiskIds ZoneId "
    "Category DiskType Status DiskName InstanceId SnapshotId DiskChargeType Portable DeleteWithInstance "
    "DeleteAutoSnapshot EnableAutoSnapshot EnableShared MultiAttach KMSKeyId LockReason ResourceGroupId MaxResults "
    "NextToken AutoSnapshotPolicyId EnableAutomatedSnapshotPolicy PerformanceLevel".split()
    + TAGS,
    "DetachDisk": "DiskId InstanceId DeleteWithInstance".split(),
    "ModifyDiskAttribute": "DiskId DiskIds.1 DiskIds.2 DiskName Description BurstingEnabled DeleteAutoSnapshot "
    "DeleteWithInstance EnableAutoSnapshot RegionId".split(),
    "ModifyDiskChargeType": "DiskIds AutoPay ClientToken DiskChargeType InstanceId RegionId".split(),
    "ModifyDiskSpec": "DiskId DiskCategory DryRun PerformanceControlOptions.IOPS PerformanceControlOptions.Recover "
    "PerformanceControlOptions.Throughput PerformanceLevel ProvisionedIops DestinationZoneId".split(),
    "ReInitDisk": "DiskId AutoStartInstance KeyPairName Password SecurityEnhancementStrategy".split(),
    "ResetDisk": "DiskId SnapshotId DryRun".split(),
    "ResizeDisk": "DiskId NewSize Type ClientToken".split(),
    "StartInstance": "InstanceId DryRun InitLocalDisk".split(),
    "StopInstance": "InstanceId StoppedMode DryRun ForceStop ConfirmStop".split(),
    # One that is not emulated, and one that is none.
    "RunInstances": ["RegionId"],
    "Descr\0ibe<Nothing>": [],
}
# Of every action.
COMMON = [
    "Version", "Format", "AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce",
    "Timestamp", "SecurityToken", "OwnerAccount", "ResourceOwnerId", "Action",
]  # fmt: skip
GOOD = {
    "RegionId": ["cn-hangzhou", "cn-beijing"],
    "Version": ["2014-05-26"],
    "Format": ["JSON", "XML", "json"],
    "Status": ["all", "accomplished", "progressing", "failed"],
    "SnapshotIds": ['["s-1"]', '["s-1","s-2","s-none"]'],
    "SnapshotId": [f"s-{number}" for number in range(20)],
    "DiskId": [f"d-{number}" for number in range(5)],
    "DiskCategory": ["cloud_essd", "cloud_auto", "cloud_ssd"],
    "DiskChargeType": ["PrePaid", "PostPaid"],
    "DiskIds": ['["d-1"]', '["d-1","d-2","d-none"]'],
    "NewSize": ["41", "100", "70000"],
    "PerformanceLevel": ["PL0", "PL1", "PL2"],
    "ProvisionedIops": ["0", "100"],
    "StoppedMode": ["KeepCharging", "StopCharging"],
    "Type": ["offline", "online", "data", "system"],
    "PageNumber": ["1", "2"],
    "PageSize": ["1", "100"],
    "MaxResults": ["1", "100"],
    "Filter.1.Key": ["CreationStartTime", "CreationEndTime"],
    "Filter.1.Value": ["2014-07-24T13:00Z"],
    "ClientToken": ["token-1", "token-2"],
    "Category": ["standard", "flash"],
    "Description": ["as it should be"],
    "DiskCategory": ["cloud", "cloud_essd", "cloud_auto"],
    "DiskIds": ['["d-1"]', '["d-1","d-none"]'],
    "DiskIds.1": ["d-1", "d-2"],
    "DiskName": ["data"],
    "DiskType": ["all", "data"],
    "DryRun": ["false", "true"],
    "Encrypted": ["false", "true"],
    "Force": ["true", "false"],
    "InstanceId": ["i-1"],
    "InstantAccess": ["false", "true"],
    "NextToken": [""],
    "SignatureVersion": ["1.0"],
    "Size": ["20", "500"],
    "SnapshotName": ["a", "b", "snapshot"],
    "SnapshotType": ["user", "auto", "all"],
    "SourceDiskType": ["system", "Data"],
    "Usage": ["none", "image", "disk", "image_disk"],
    "ZoneId": ["cn-hangzhou-h", "cn-hangzhou-b"],
    "dry-run": ["true", "false"],
    "show-secrets": ["true", "false"],
    "from": ["now", "saved"],
    "to": ["now", "saved", "seed", "empty"],
}
TAG = {"Key": ["env"], "Value": ["a", ""]}
NASTY = [
    b"", b" ", b"0", b"-1", b"-0", b"1.5", b"1e999", b"9" * 40, b"9223372036854775808", b"2147483648", b"NaN", b"null",
    b"true", b"True", b"[]", b"{}", b"[", b'["', b"[[]]", b"[1,null,{}]", b"[" * 3000, b'["' + b"s-1," * 500 + b'"]',
    b'["' + b'","'.join(b"s-%d" % number for number in range(101)) + b'"]', b"a" * 200, b"a" * 5000, b"\0",
    b"a\0b", b"a\x0bc",
    b"\1\x1f\x7f", b"\r\nX: y", b"\n", b"\t", b"<a>&\"']]>", b"<!--", b"%", b"%%", b"%00", b"%zz", b"' OR 1=1 --",
    b"*", b"?", b"../..", b"/", b"a/b", b"#", b";", b"=", b"&", b"+", "é".encode(),
    "\u202e\u0000\ufffe\uffff".encode(),
    "\U0001f980".encode() * 70, "İı".encode(), b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80",
    b"0000-01-01T00:00:00Z", b"9999-12-31T23:59:59Z", b"2020-02-30T00:00Z", b"2020-13-40T99:99Z", b"2020-01-01T00:00Z",
    b"-2020-01-01T00:00Z", b"http://a", b"aliyun", b"acs:a", b"now", b"seed", b"empty", b"default", b"s-1", b"d-1",
]  # fmt: skip
NASTY_JSON = [
    "null", "true", "0", "-1", "1.5", "1e400", "-1e400", "1" * 400, "9223372036854775808", "18446744073709551616",
    "2147483648", '""', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\\uffff"', '"' + "a" * 5000 + '"', "[]", "{}",
    "[" * 200 + "]" * 200, '{"a":' * 200 + "1" + "}" * 200, '{"":{}}', "[null]", '["a",1]', "NaN", "Infinity", "'a'",
    '"a', "{", "[1,", "\0", "\ufeff1", "01", "1.", ".5", "+1", '"9999-12-31T23:59:59Z"', '"0000-01-01T00:00:00Z"',
    '{"a":1,"a":2}', '"\t"', "/**/1", '"s-1"', '"d-1"', '"-1"', '"99%"', '"101%"',
]  # fmt: skip
CONTENT_TYPES = [JSON, "application/merge-patch+json", LINES, "application/jsonl", "application/yaml", "text/yaml"]
ODD_CONTENT_TYPES = ["", ";", "text/plain", f"{JSON}; charset=utf-16", "multipart/form-data", "a" * 3000, "\xe9"]
HEADERS = [
    ("Accept", "application/json"), ("Accept", "application/xml, application/json"), ("Accept", "text/html"),
    ("Accept", "application/yaml"), ("Accept", LINES), ("Accept", "*/*;q=nan"), ("Content-Encoding", "gzip"),
    ("Content-Encoding", "identity"), ("Accept-Encoding", "gzip, br, zstd"), ("Origin", "http://elsewhere"),
    ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), ("Authorization", "Bearer x"), ("If-Match", "*"),
    ("Authorization", "ACS3-HMAC-SHA256 Credential=fuzz-1,SignedHeaders=host;x-acs-action,Signature=00"),
    ("Authorization", "ACS3-HMAC-SHA256 " + "," * 500), ("x-acs-action", "DescribeSnapshots"),
    ("x-acs-version", "\xff"), ("x-acs-signature-nonce", "a" * 3000), ("x-acs-date", "yesterday"),
    ("x-acs-content-sha256", "0"),
    ("X", "y" * 20_000), ("Range", "bytes=5-1"), ("Expect", "100-continue"), ("Cookie", "\x80\xff"),
    ("X-HTTP-Method-Override", "DELETE"),
]  # fmt: skip
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "BREW", "PROPFIND", "M-SEARCH"]
# What is no HTTP, or none that anybody should serve: it may be refused or cut off.
NO_HTTP = [
    b"\0" * 100, b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nA\0: b\r\n\r\n", b"\r\n\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\nHost: a\n\n", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1e3\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"PUT /_mock/v1/sandboxes/fuzz-1/state HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n{",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nAction=DescribeSnapshots",
    b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\4\0\0\0\0\0" + b"\xff" * 40,
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"".join(b"h%d: v\r\n" % number for number in range(300)) + b"\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nA: " + b"b" * 200_000 + b"\r\n\r\n",
]  # fmt: skip
REQUEST_ID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


@dataclasses.dataclass
class Request:
    method: str
    target: bytes
    is_control: bool
    headers: list = dataclasses.field(default_factory=list)
    body: bytes = None
    is_chunked: bool = False
    # Statuses of 500 and above that its operation documents.
    failures: tuple = ()

    def written(self):
        has_host = any(name == "Host" for name, _ in self.headers)
        headers = self.headers if has_host else [("Host", "localhost"), *self.headers]
        body = self.body or b""
        if self.is_chunked:
            middle = len(body) // 2
            parts = [part for part in (body[:middle], body[middle:]) if part]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
            headers = [*headers, ("Transfer-Encoding", "chunked")]
        elif self.body is not None:
            headers = [*headers, ("Content-Length", str(len(body)))]
        head = b"".join(b"%s: %s\r\n" % (name.encode(), value.encode("latin-1")) for name, value in headers)
        return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (self.method.encode(), self.target, head, body)

    def __str__(self):
        return repr(self.written()[:1500])


class Author:
    """Writes requests at random."""

    def __init__(self, seed, description):
        self.random = random.Random(seed)
        # The share of what is broken on purpose in the request that is being written.
        self.nastiness = 0
        self.schemas = description["components"]["schemas"]
        # A stream of events has no end that its client could wait for.
        paths = {path: operations for path, operations in description["paths"].items() if not path.endswith("/stream")}
        self.operations = [
            (path, method.upper(), operation)
            for path, operations in sorted(paths.items())
            for method, operation in sorted(operations.items())
        ]

    def chance(self, share):
        return self.random.random() < share

    def nasty(self):
        """Text that has meant trouble somewhere, or any bytes."""
        if self.chance(0.8):
            return self.random.choice(NASTY)
        return self.random.randbytes(self.random.randrange(1, 40))

    def good(self, name):
        """Text for a parameter, more often than not what it may be."""
        return self.random.choice(GOOD.get(name) or TAG.get(name.rpartition(".")[2]) or ["a", "1"]).encode()

    def pairs(self, names):
        """A few of these parameters."""
        pairs = []
        for name in self.random.sample(names, min(len(names), self.random.randrange(0, 6))):
            value = self.nasty() if self.chance(self.nastiness) else self.good(name)
            pairs.append((name.encode(), value))
        while pairs and self.chance(self.nastiness / 2):
            name, value = self.random.choice(pairs)
            name = self.random.choice(
                [name, name.swapcase(), name + b".1", name + b".", name[:-1], b"." + name, self.nasty()]
            )
            pairs.insert(self.random.randrange(len(pairs) + 1), (name, value if self.chance(0.5) else self.nasty()))
        return pairs

    def encoded(self, pairs):
        def text(value):
            # Percent signs that mean nothing, as well.
            is_raw = self.chance(0.1) and all(33 <= byte < 127 and byte not in b'&#<>"\\^`{|}' for byte in value)
            return value if is_raw else quote_from_bytes(value, safe="").encode()

        written = b"&".join(text(name) + b"=" + text(value) for name, value in pairs)
        return written + self.random.choice([b"&", b"&&=&", b"&=a", b"?"]) if self.chance(0.05) else written

    def value(self, schema, depth=0):
        """JSON, as text, that fits a schema; what the schema leaves open is chosen from what is there."""
        if "$ref" in schema:
            return self.value(self.schemas[schema["$ref"].rpartition("/")[2]], depth)
        for several in ("oneOf", "anyOf"):
            if several in schema:
                return self.value(self.random.choice(schema[several]), depth)
        if "enum" in schema:
            return json.dumps(self.random.choice(schema["enum"]))
        kinds = schema.get("type", "null")
        kind = self.random.choice(kinds) if isinstance(kinds, list) else kinds
        if kind == "object":
            return self.fields(schema, depth)
        if kind == "array":
            items = [self.value(schema.get("items", {}), depth + 1) for _ in range(self.random.randrange(4))]
            return f"[{','.join(items)}]"
        if kind in ("integer", "number"):
            bounds = [schema.get("minimum", -5), schema.get("maximum", 100)]
            return json.dumps(self.random.choice([*bounds, *bounds, bounds[0] - 1, bounds[1] + 1, 1, 2, 3]))
        if kind == "boolean":
            return self.random.choice(["true", "false"])
        if kind == "string":
            texts = ["", "a", "1", "s-1", "d-1", "i-1", "cn-hangzhou", "2020-01-01T00:00:00Z", "saved", *NAMES]
            return json.dumps(self.random.choice(texts))
        return "null"

    def fields(self, schema, depth):
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        share = 0.3 if depth < 4 else 0
        chosen = [name for name in properties if name in required or self.chance(share)]
        fields = [f"{json.dumps(name)}:{self.value(properties[name], depth + 1)}" for name in chosen]
        if not properties:
            fields += [f'"SnapshotSeconds":{self.random.randrange(9)}'] if self.chance(0.5) else ['"a":"b"']
        return f"{{{','.join(fields)}}}"

    def broken(self, text):
        """JSON with one place changed."""
        places = [match.span() for match in re.finditer(r'"[^"]*"|[\w.+-]+|[{}\[\]:,]', text)]
        if not places:
            return text
        start, end = self.random.choice(places)
        return text[:start] + self.random.choice(NASTY_JSON) + text[end:]

    def body(self, content):
        """A body for an operation, and its type."""
        content_type = self.random.choice(list(content))
        schema = content[content_type]["schema"]
        if content_type == LINES:
            schemas = [{"type": "object", "properties": {word: {"$ref": word}}, "required": [word]} for word in KINDS]
            lines = [self.value(self.random.choice(schemas)) for _ in range(self.random.randrange(5))]
            text = self.random.choice(["\n", "\r\n", "\n\n"]).join(lines)
        else:
            text = self.value(schema)
        while self.chance(self.nastiness):
            text = self.broken(text)
        body = text.encode("utf-8", "surrogatepass")
        if self.chance(self.nastiness / 4):
            body = self.mutated(body)
        if self.chance(self.nastiness / 4):
            content_type = self.random.choice(CONTENT_TYPES + ODD_CONTENT_TYPES)
        return body, content_type

    def mutated(self, data):
        data = bytearray(data)
        for _ in range(self.random.randrange(1, 4)):
            place = self.random.randrange(len(data) + 1)
            length = self.random.randrange(4)
            data[place : place + length] = self.random.choice([b"", self.random.randbytes(length), self.nasty()])
        return bytes(data)

    def path(self, template):
        """A path of the control plane with its names in place."""

        sandboxes = [PLANNED] if "/faults" in template else [*NAMES, "default"]
        names = {"sandbox": sandboxes, "checkpoint": ["saved", "other"], "key": NAMES, "name": ["fault-1", "a"]}
        names |= {"sequence": ["1", "2", "30", "1000000"]}
        words = {kind: re.sub("(?<=[a-z])(?=[A-Z])", "_", kind).lower() for kind in KINDS}
        ids = {word: [entry[f"{kind}Id"] for entry in SEED[KINDS[kind]]] for kind, word in words.items()}

        def name(match):
            if self.chance(self.nastiness / 4):
                return quote_from_bytes(self.nasty(), safe="")
            return self.random.choice((names | ids)[match[1]])

        path = re.sub(r"\{(\w+)\}", name, template)
        if self.chance(self.nastiness / 10):
            path += self.random.choice(["/", "//", "/..", "/a", "%2F", ";a", "/%00"])
        return path.encode()

    def oddities(self, request):
        """Headers and methods that do not belong there."""
        while self.chance(self.nastiness / 2):
            request.headers.append(self.random.choice(HEADERS))
        if self.chance(self.nastiness / 10):
            request.headers.append(("Host", self.random.choice(["elsewhere", "", "[::1]:80", "a" * 300, "<&>"])))
        if self.chance(self.nastiness / 10):
            request.method = self.random.choice(METHODS)
            request.failures = ("507",)
        request.is_chunked = request.body is not None and self.chance(0.1)
        return request

    def control(self):
        template, method, operation = self.random.choice(self.operations)
        # A sandbox that is gone makes for dull answers.
        if method == "DELETE" and template.endswith("{sandbox}") and self.chance(0.8):
            return self.renewal()
        target = self.path(template)
        names = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
        pairs = self.pairs(names)
        if pairs:
            target += b"?" + self.encoded(pairs)
        request = Request(method, target, True, failures=tuple(operation["responses"]))
        content = operation.get("requestBody", {}).get("content")
        if content and self.chance(0.97):
            request.body, content_type = self.body(content)
            # A verification waits for as long as it is told to.
            request.body = re.sub(rb'("WaitSeconds"\s*:\s*)\d+', rb"\g<1>0", request.body)
            request.headers.append(("Content-Type", content_type))
        elif self.chance(0.05):
            request.body = self.nasty()
        return self.oddities(request)

    def cloud(self):
        # Those that come first are asked more often.
        action = self.random.choices(list(ACTIONS), range(len(ACTIONS), 0, -1))[0]
        pairs = [
            (b"Action", action.encode()),
            (b"Version", b"2014-05-26"),
            (b"AccessKeyId", self.random.choice(NAMES).encode()),
        ]
        pairs += [(name.encode(), self.good(name)) for name in ("RegionId", "Format") if self.chance(0.8)]
        pairs += [(name.encode(), self.good(name)) for name in ("DiskId", "SnapshotId") if name in ACTIONS[action][:1]]
        pairs += self.pairs(ACTIONS[action]) + (self.pairs(COMMON) if self.chance(0.3) else [])
        if self.chance(self.nastiness / 10):
            pairs *= self.random.choice([3, 200, 1000 // len(pairs) + 1])
        if self.chance(self.nastiness / 10):
            self.random.shuffle(pairs)
            del pairs[3:]
        split = self.random.randrange(len(pairs) + 1) if self.chance(0.3) else len(pairs)
        # A query too long for a head is a form's.
        query, form = self.encoded(pairs[:split]), self.encoded(pairs[split:])
        if len(query) > 50_000:
            query, form = b"", query
        path = b"/" if not self.chance(self.nastiness / 10) else b"/" + quote_from_bytes(self.nasty()).encode()
        if self.chance(0.01):
            path = b"http://localhost" + path
        request = Request("GET", path + (b"?" + query if query else b""), False)
        if form or self.chance(0.2):
            request.method = "POST"
            request.body = self.mutated(form) if self.chance(self.nastiness / 4) else form
            if not self.chance(self.nastiness / 4):
                request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        return self.oddities(request)

    def anything(self):
        """A request to any path, or a request that is well-formed and little more."""
        path = "/" + "".join(
            self.random.choices(string.ascii_letters + "/%._-~;:@!$&'()*+,=", k=self.random.randrange(60))
        )
        is_control = self.chance(0.5)
        prefix = self.random.choice(["/_mock/v1", "/_mock/health", "/_mock/v1/sandboxes"]) if is_control else "/a"
        request = Request(self.random.choice(METHODS), (prefix + path).encode(), is_control)
        if self.chance(0.3):
            request.body = self.random.randbytes(self.random.randrange(2000))
        return self.oddities(request)

    def renewal(self):
        """A sandbox is as the others were at the start."""
        name = self.random.choice(NAMES)
        if self.chance(0.5):
            return Request("POST", f"{CONTROL_PLANE}/sandboxes/{name}/reset?to=seed".encode(), True)
        body = json.dumps({"Name": name, "From": "seed"}).encode()
        target = f"{CONTROL_PLANE}/sandboxes".encode()
        return Request("POST", target, True, [("Content-Type", JSON)], body, failures=("507",))

    def request(self):
        self.nastiness = self.random.choice([0, 0, 0.1, 0.3, 0.6])
        return self.random.choices([self.control, self.cloud, self.anything, self.renewal], [50, 40, 5, 5])[0]()


class Wire:
    """A connection that is kept while the server keeps it."""

    def __init__(self, netloc):
        host, _, port = netloc.rpartition(":")
        self.address = (host, int(port))
        self.socket = None

    def send(self, request):
        """Status, headers and body; a kept connection that has ended meanwhile is no answer yet."""
        is_kept = self.socket is not None
        try:
            return self.exchange(request)
        except (OSError, http.client.HTTPException):
            self.close()
            if not is_kept:
                raise
        try:
            return self.exchange(request)
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def exchange(self, request):
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=PATIENCE)
        self.socket.sendall(request.written())
        reply = http.client.HTTPResponse(self.socket, method=request.method)
        try:
            reply.begin()
            body = reply.read()
            if reply.will_close:
                self.close()
            return reply.status, reply.headers, body
        finally:
            reply.close()

    def break_in(self, data):
        """Sends what is no HTTP; the status of an answer, or None."""
        with socket.create_connection(self.address, timeout=1) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                answer = connection.recv(100)
            except OSError:
                return None
        found = re.match(rb"HTTP/1.[01] (\d+)", answer)
        return int(found[1]) if found else None

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None


class Client:
    def __init__(self, number, arguments, netloc, description, checks):
        self.author = Author(f"{arguments.seed}/{number}", description)
        self.wire = Wire(netloc)
        self.requests = arguments.requests // CLIENTS
        self.checks = checks
        self.statuses = collections.Counter()
        self.slowest = (0, None)

    def run(self):
        try:
            for _ in range(self.requests):
                if self.author.chance(0.02):
                    self.break_in()
                else:
                    self.ask()
        except ConnectionRefusedError:
            # The server is gone, which is told at the end.
            pass

    def break_in(self):
        data = self.author.random.choice(NO_HTTP)
        if self.author.chance(0.3):
            data = self.author.mutated(data)
        status = self.wire.break_in(data)
        self.statuses["no HTTP"] += 1
        self.checks.check(
            "what is no HTTP is no failure of the server", status is None or status < 500, f"{data[:300]}: {status}"
        )

    def ask(self):
        request = self.author.request()
        started = time.monotonic()
        try:
            status, headers, body = self.wire.send(request)
        except ConnectionRefusedError:
            raise
        except (OSError, http.client.HTTPException) as error:
            self.checks.check("what is HTTP has an answer", False, f"{error!r} to {request}")
            self.statuses["without an answer"] += 1
            return
        took = time.monotonic() - started
        if took > self.slowest[0]:
            self.slowest = (took, request)
        self.statuses[f"{status // 100}xx"] += 1
        told = f"{status} {body[:600]!r} to {request}"
        is_documented = status < 500 or str(status) in request.failures
        self.checks.check("no answer says that the server failed, unless that is documented", is_documented, told)
        if request.method == "HEAD":
            return
        try:
            value = read(headers.get("Content-Type", ""), body)
        except Exception as error:
            self.checks.check("every answer can be read", False, f"{error!r}: {told}")
            return
        if request.is_control:
            self.check_problem(request, status, headers, value, told)
        else:
            is_page = headers.get("Content-Type", "").startswith("text/html")
            has_id = is_page or REQUEST_ID.fullmatch(str(request_id(value)))
            self.checks.check("every answer of the cloud plane has its request id", has_id, told)

    def check_problem(self, request, status, headers, value, told):
        is_right = status < 400 or (
            headers.get("Content-Type") == "application/problem+json"
            and isinstance(value, dict)
            and {"type", "title", "status", "detail"} <= value.keys()
            and value["status"] == status
        )
        self.checks.check("a refusal on the control plane is a problem document", is_right, told)


def read(content_type, body):
    """An answer, by a strict reader of its type."""

    def refuse(constant):
        raise ValueError(constant)

    text = body.decode()
    if "xml" in content_type:
        return ElementTree.fromstring(body)
    if content_type == LINES:
        return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]
    if "json" in content_type:
        return json.loads(text, parse_constant=refuse)
    if "yaml" in content_type:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return text


def request_id(value):
    if isinstance(value, dict):
        return value.get("RequestId")
    return value.findtext("RequestId") if isinstance(value, ElementTree.Element) else None


class Golden:
    """What the untouched sandbox says."""

    def __init__(self, connection):
        self.connection = connection

    def ask(self, **parameters):
        query = {"Action": "DescribeSnapshots", "Version": "2014-05-26", "AccessKeyId": UNTOUCHED} | parameters
        status, text = self.connection.send("GET", "/?" + urlencode({"RegionId": "cn-hangzhou"} | query))
        return status, REQUEST_ID.sub("", text)

    def seen(self):
        pages = [
            self.ask(Format=form, **more)
            for form in ("JSON", "XML")
            for more in (
                {},
                {"PageSize": "3", "PageNumber": "2"},
                {"Tag.1.Key": "env"},
                {"SnapshotIds": '["s-1","s-7"]'},
            )
        ]
        return pages, self.connection.get(f"/{UNTOUCHED}/state"), self.connection.get(f"/{UNTOUCHED}/clock")


def is_trouble(line):
    """What a client sends that is no HTTP is no trouble of the server."""
    is_error = re.match(r"\S+\s+ERROR\s", line) and "request parse error" not in line
    return is_error or "panicked at" in line


def prepare(connection):
    clock = {"Mode": "frozen", "Time": "2026-01-01T00:00:00Z"}
    for name in [UNTOUCHED, PLANNED, *NAMES]:
        body = json.dumps({"Name": name, "From": "seed", "Clock": clock})
        status, text = connection.send("POST", f"{CONTROL_PLANE}/sandboxes", body)
        if status != 201:
            raise Mismatch(f"{body}: {status} {text}")


def prove(arguments, folder, checks):
    print(f"seed {arguments.seed}")
    seed = folder / "seed.json"
    seed.write_text(json.dumps(SEED))
    options = ["--auth", "warn", "--max-sandboxes", str(MAX_SANDBOXES), "--max-snapshots", str(MAX_SNAPSHOTS)]
    server = Server(arguments.binary, folder / "fuzz.db", seed, folder / "server.log", options=options).wait()
    try:
        connection = Connection(server.netloc)
        prepare(connection)
        golden = Golden(connection)
        before = golden.seen()
        description = json.loads(connection.send("GET", f"{CONTROL_PLANE}/openapi.json")[1])
        clients = [Client(number, arguments, server.netloc, description, checks) for number in range(CLIENTS)]
        started = time.monotonic()
        threads = [threading.Thread(target=client.run, daemon=True) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - started
        statuses = sum((client.statuses for client in clients), collections.Counter())
        counts = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
        print(f"{sum(statuses.values())} requests in {took:.0f} s: {counts}")
        slowest, request = max((client.slowest for client in clients), key=lambda pair: pair[0])
        print(f"the slowest answer took {slowest * 1000:.0f} ms, to {str(request)[:300]}")
        checks.expect("how many were sent", sum(statuses.values()), arguments.requests // CLIENTS * CLIENTS)
        checks.check("the server lives", server.process.poll() is None)
        if server.process.poll() is None:
            checks.expect("readiness", Connection(server.netloc).send("GET", "/_mock/health/ready")[0], 200)
            after = Golden(Connection(server.netloc)).seen()
            checks.expect("what the untouched sandbox says", after, before)
            server.stop()
        with open(server.log, encoding="utf-8", errors="replace") as log:
            trouble = [line for line in log if is_trouble(line)]
        checks.check("the log has no errors", not trouble, "    ".join(trouble[:5]))
    finally:
        server.process.kill()


if __name__ == "__main__":
    main(__doc__, prove, requests=20_000, seed=1)
