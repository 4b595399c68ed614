#!/usr/bin/env python3
"""Writes the seed corpus of fuzz_didit: small decisions, one for each way of judging."""

import copy
import json
import pathlib
import sys

ARRAYS = {"ID_VERIFICATION": "id_verifications", "NFC": "nfc_verifications",
          "LIVENESS": "liveness_checks", "FACE_MATCH": "face_matches", "AML": "aml_screenings",
          "IP_ANALYSIS": "ip_analyses", "POA": "poa_verifications",
          "PHONE": "phone_verifications", "EMAIL_VERIFICATION": "email_verifications",
          "DATABASE_VALIDATION": "database_validations",
          "QUESTIONNAIRE": "questionnaire_responses"}


def decision(status="Approved", features=("ID_VERIFICATION", "LIVENESS", "FACE_MATCH")):
    out = {"status": status, "environment": "live", "session_kind": "user",
           "vendor_data": "attempt-7", "features": list(features), "reviews": [],
           "created_at": "2026-11-23T09:00:00.000000Z", "expires_at": "2026-11-30T09:00:00Z"}
    for name in features:
        out[ARRAYS[name]] = [{"status": "Approved", "warnings": []}]
    return out


def variant(base, **members):
    return {**copy.deepcopy(base), **members}


def warned(array, risk, weight):
    out = decision()
    out[array][0]["warnings"] = [{"risk": risk, "log_type": weight}]
    return out


def seeds():
    plain = decision()
    yield "plain", plain
    yield "all", variant(decision(features=ARRAYS), vendor_data="urn:dev:mac:0024befffe804ff1")
    for word in ("Declined", "In Review", "Not Started", "Kyc Expired", "Abandoned", "NEW_WORD"):
        yield word.lower().replace(" ", "_"), decision(word)
    yield "manual", variant(plain, reviews=[{"user": "API Client", "new_status": "Approved",
                                             "created_at": "2026-11-23T09:30:00Z"}])
    yield "slight", warned("liveness_checks", "LOW_FACE_QUALITY", "warning")
    yield "warning", warned("face_matches", "LOW_FACE_MATCH_SIMILARITY", "warning")
    yield "grave", warned("face_matches", "FACE_IN_BLOCKLIST", "information")
    yield "error", warned("id_verifications", "DOCUMENT_EXPIRED", "error")
    aml = decision(features=("ID_VERIFICATION", "LIVENESS", "FACE_MATCH", "AML"))
    aml["aml_screenings"][0].update(total_hits=1, hits=[{"review_status": "False Positive"}])
    yield "dismissed", aml
    aml = copy.deepcopy(aml)
    aml["aml_screenings"][0]["hits"][0]["review_status"] = "Unreviewed"
    yield "hit", aml
    nfc = decision(features=("ID_VERIFICATION", "LIVENESS", "FACE_MATCH", "NFC"))
    nfc["nfc_verifications"][0]["authenticity"] = {"sod_integrity": True, "dg_integrity": True}
    yield "nfc", nfc
    yield "sandbox", variant(plain, environment="sandbox")
    yield "business", variant(plain, session_kind="business")
    yield "foreign", variant(plain, vendor_data="urn:dev:mac:0024befffe804ff2")
    yield "unix", variant(plain, created_at=1795424400)
    yield "objects", variant(plain, features=[{"feature": "LIVENESS", "node_id": "n"}])
    yield "text", variant(plain, features="OCR + LIVENESS + FACE_MATCH")
    two = variant(plain)
    for many, one in (("id_verifications", "id_verification"), ("liveness_checks", "liveness"),
                      ("face_matches", "face_match")):
        two[one] = two.pop(many)[0]
    yield "version_2", two
    yield "version_1", {"status": "Approved", "kyc": {"status": "Approved"}, "face": {}}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "fuzz/corpus/didit")
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in seeds():
        (folder / name).write_text(json.dumps(document, separators=(",", ":")))


if __name__ == "__main__":
    main()
