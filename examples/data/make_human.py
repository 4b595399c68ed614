#!/usr/bin/env python3
"""Writes human-approved.json, human-declined.json and human-review.json: decisions of the shape that
Didit's API (version 3) answers, about people who do not exist and without any image."""

import argparse
import datetime
import json
import pathlib

FEATURES = ["ID_VERIFICATION", "NFC", "LIVENESS", "FACE_MATCH", "AML", "IP_ANALYSIS"]
ABSENT = ["poa_verifications", "phone_verifications", "email_verifications",
          "database_validations", "document_ai_documents", "questionnaire_responses"]


def check_digit(text):
    """ICAO Doc 9303-3 section 4.9."""
    value = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    return str(sum(value.get(c, 0) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


def mrz_of(person):
    """A passport's machine readable zone (TD3, ICAO Doc 9303-4)."""
    surname, name = person["last_name"].upper(), person["first_name"].upper()
    number = person["document_number"].ljust(9, "<")
    birth = person["date_of_birth"][2:].replace("-", "")
    expiry = person["expiration_date"][2:].replace("-", "")
    optional = "<" * 14
    checked = [part + check_digit(part) for part in (number, birth, expiry, optional)]
    first = f"P<UTO{surname}<<{name}".ljust(44, "<")
    second = (checked[0] + "UTO" + checked[1] + person["gender"] + checked[2] + checked[3]
              + check_digit("".join(checked)))
    return {"mrz_type": "TD3", "mrz_string": first + second, "document_type": "P",
            "document_number": person["document_number"], "document_number_hash": checked[0][-1],
            "birth_date": birth, "birth_date_hash": checked[1][-1],
            "expiry_date": expiry, "expiry_date_hash": checked[2][-1], "final_hash": second[-1],
            "country": "UTO", "nationality": "UTO", "sex": person["gender"],
            "surname": surname, "name": name, "optional_data": "", "errors": [], "warnings": []}


def id_verification(person):
    return {"node_id": "feature_ocr", "status": "Approved", "document_type": "Passport",
            "document_number": person["document_number"], "personal_number": None,
            "portrait_image": None, "front_image": None, "back_image": None,
            "date_of_birth": person["date_of_birth"], "age": person["age"],
            "expiration_date": person["expiration_date"], "date_of_issue": None,
            "issuing_state": "UTO", "issuing_state_name": "Utopia",
            "first_name": person["first_name"], "last_name": person["last_name"],
            "full_name": f"{person['first_name']} {person['last_name']}",
            "gender": person["gender"], "address": None, "formatted_address": None,
            "place_of_birth": None, "marital_status": "UNKNOWN", "nationality": "UTO",
            "parsed_address": None, "extra_fields": {}, "extra_files": [],
            "mrz": mrz_of(person), "matches": [], "warnings": []}


def nfc_verification(person):
    return {"node_id": "feature_nfc", "status": "Approved", "is_nfc_skipped": False,
            "skip_reason": None, "portrait_image": None, "signature_image": None,
            "chip_data": {"document_type": "P", "issuing_country": "UTO",
                          "document_number": person["document_number"],
                          "expiration_date": person["expiration_date"],
                          "first_name": person["first_name"].upper(),
                          "last_name": person["last_name"].upper(),
                          "birth_date": person["date_of_birth"], "gender": person["gender"],
                          "nationality": "UTO", "address": None, "place_of_birth": None},
            "authenticity": {"sod_integrity": True, "dg_integrity": True},
            "certificate_summary": {
                "issuer": "Common Name: CSCA UTOPIA, Country: UT",
                "subject": "Common Name: DS UTOPIA 1, Country: UT",
                "serial_number": "118120836164494129544568202238038638592",
                "not_valid_after": "2033-01-01 00:00:00",
                "not_valid_before": "2023-01-01 00:00:00"},
            "warnings": []}


def liveness_check():
    return {"node_id": "feature_liveness", "status": "Approved", "method": "ACTIVE_3D",
            "score": 97.41, "reference_image": None, "video_url": None, "age_estimation": 41.8,
            "face_quality": None, "face_luminance": None, "matches": [], "warnings": []}


def face_match():
    return {"node_id": "feature_face_match", "status": "Approved", "score": 93.2,
            "source_image_session_id": None, "source_image": None, "target_image": None,
            "warnings": []}


def aml_screening(person):
    return {"node_id": "feature_aml", "status": "Approved", "total_hits": 0,
            "entity_type": "person", "hits": [], "score": 0,
            "screened_data": {"full_name": f"{person['first_name']} {person['last_name']}",
                              "nationality": "UTO", "date_of_birth": person["date_of_birth"],
                              "document_number": person["document_number"]},
            "is_ongoing_monitoring_enabled": False, "next_ongoing_monitoring_bill_date": None,
            "warnings": []}


def ip_analysis():
    place = {"latitude": 52.3676, "longitude": 4.9041}
    away = {"distance": 11.4, "direction": "S"}
    return {"node_id": "feature_ip_analysis", "status": "Approved", "device_brand": "Apple",
            "device_model": "iPhone", "browser_family": "Mobile Safari", "os_family": "iOS",
            "platform": "mobile", "device_fingerprint": "fp-000000000000",
            "ip_country": "Netherlands", "ip_country_code": "NL", "ip_state": "North Holland",
            "ip_city": "Amsterdam", **place, "ip_address": "203.0.113.42", "isp": "Example ISP",
            "organization": "Example Org", "is_vpn_or_tor": False, "is_data_center": False,
            "time_zone": "Europe/Amsterdam", "time_zone_offset": "+0100",
            "ip": {"location": place, "distance_from_id_document": away,
                   "distance_from_poa_document": None},
            "id_document": {"location": {"latitude": 52.27, "longitude": 4.9},
                            "distance_from_ip": {"distance": 11.4, "direction": "N"},
                            "distance_from_poa_document": None},
            "poa_document": {"location": None, "distance_from_ip": None,
                             "distance_from_id_document": None},
            "warnings": [], "matches": []}


def warning(feature, node, risk, weight, short):
    return {"feature": feature, "risk": risk, "additional_data": None, "log_type": weight,
            "short_description": short, "long_description": short + ".", "node_id": node}


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def decision(number, person, arguments):
    return {"session_id": f"6b1f0c1e-2f57-4a0e-9f1c-5d2a7c0e{number}", "session_kind": "user",
            "session_number": number,
            "session_url": "https://verify.didit.me/session/aB3xQ9zK7m2p", "status": "Approved",
            "environment": "live", "workflow_id": "0d7d2b7a-3b1f-4a36-9b55-0a6f1f0c2002",
            "features": FEATURES, "vendor_data": arguments.vendor_data, "metadata": None,
            "expected_details": None, "contact_details": None,
            "callback": "https://onboard.example/done",
            "id_verifications": [id_verification(person)],
            "nfc_verifications": [nfc_verification(person)],
            "liveness_checks": [liveness_check()], "face_matches": [face_match()],
            "aml_screenings": [aml_screening(person)], "ip_analyses": [ip_analysis()],
            **{name: None for name in ABSENT}, "reviews": [],
            "created_at": stamp(arguments.at),
            "expires_at": stamp(arguments.at + datetime.timedelta(days=7))}


def person(first, last, birth, gender, number):
    return {"first_name": first, "last_name": last, "date_of_birth": birth, "gender": gender,
            "age": 2026 - int(birth[:4]), "document_number": number,
            "expiration_date": "2032-04-15"}


def approved(arguments):
    return decision(1201, person("Ada", "Sample", "1984-08-12", "F", "X0000001A"), arguments)


def declined(arguments):
    out = decision(1202, person("Ben", "Example", "1991-02-03", "M", "X0000002B"), arguments)
    out["status"] = "Declined"
    out["liveness_checks"][0].update(
        status="Declined", score=12.7,
        warnings=[warning("LIVENESS", "feature_liveness", "LIVENESS_FACE_ATTACK", "error",
                          "Possible face attack detected")])
    return out


def review(arguments):
    out = decision(1203, person("Cleo", "Fiction", "1979-11-30", "F", "X0000003C"), arguments)
    out["status"] = "In Review"
    out["face_matches"][0].update(
        status="In Review", score=66.5,
        warnings=[warning("FACEMATCH", "feature_face_match", "LOW_FACE_MATCH_SIMILARITY",
                          "warning", "Low face match similarity")])
    return out


def time(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    parser.add_argument("--vendor-data", default="installation-0001",
                        help="the device or the attempt that the session was opened for")
    parser.add_argument("--at", type=time, default=time("2026-11-23T09:00:00Z"),
                        help="when the session was opened, such as 2026-11-23T09:00:00Z")
    arguments = parser.parse_args()
    for make in (approved, declined, review):
        path = arguments.folder / f"human-{make.__name__}.json"
        path.write_text(json.dumps(make(arguments), indent=1) + "\n")


if __name__ == "__main__":
    main()
