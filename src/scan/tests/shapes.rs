//! Every shape of a text: texts that have it and texts that nearly do.

use crate::model::Shape;
use crate::scan::shapes::{classify, is_data};

/// A shape, texts that have it, and near misses.
type Row = (Shape, &'static [&'static str], &'static [&'static str]);

const UNFILLED: &[Row] = &[
    (Shape::EMPTY_TEXT, &["", " ", "\t\n", "\u{a0}\u{2003}"], &["-", "\u{200b}", "."]),
    (
        Shape::PLACEHOLDER_TEXT,
        &["-", "--", "N/A", "n/a", "NULL", "Unknown", " hidden ", "Not Available", "undefined", "00000000-0000-0000-0000-000000000000"],
        &["---", "na", "none", "None", "0", "unknown user", "00000000-0000-0000-0000-000000000001"],
    ),
];

const NAMES: &[Row] = &[
    (
        Shape::GUID,
        &["910a2dec-8902-4cc1-b62d-d8916387443f", "11111111-2222-3333-4444-555555555555"],
        &[
            "910a2dec-8902-4cc1-b62d-d8916387443",
            "910a2dec-8902-4cc1-b62d_d8916387443f",
            "66ea54eb-blah-4ee5-be62-ff5a759b0100",
            "910a2dec-8902-4cc1-b62d-d8916387443f0",
        ],
    ),
    (
        Shape::GUID_UPPER,
        &["910A2DEC-8902-4CC1-B62D-D8916387443F", "AAAAAAAA-2222-3333-4444-555555555555"],
        &["910A2DEC-8902-4CC1-B62D-D8916387443f"],
    ),
    (
        Shape::GUID_OTHER,
        &["910A2DEC-8902-4cc1-b62d-d8916387443f", "{910a2dec-8902-4cc1-b62d-d8916387443f}", "{910A2DEC-8902-4CC1-B62D-D8916387443F}"],
        &["{910a2dec-8902-4cc1-b62d-d8916387443f", "(910a2dec-8902-4cc1-b62d-d8916387443f)"],
    ),
    (
        Shape::EMAIL,
        &["anna@contoso.example", "j.müller+x@sub.contoso.example", "o'brien@a.b"],
        &["anna@contoso", "@contoso.example", "a b@contoso.example", "anna@contoso..example", "a@b@c.d", "anna"],
    ),
    (
        Shape::EXTERNAL_UPN,
        &["anna_fabrikam.example#EXT#@contoso.example", "a#ext#@b.c"],
        &["#EXT#@contoso.example", "anna#EXT@contoso.example", "anna#EXT#"],
    ),
    (
        Shape::IPV4,
        &["10.0.0.1", "255.255.255.255", "0.0.0.0"],
        &["10.0.0.256", "10.0.0", "10.0.0.01", "10.0.0.1.1", "10.0.0.1/8", "1234.1.1.1", "10.0.0."],
    ),
    (
        Shape::IPV6,
        &["2600:100f:a100:735:2c45:127a:aaaa:0", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "2001:DB8::"],
        &["2600:100f", "12:34:56", ":::", "fe80::1%", "g::1"],
    ),
    (Shape::IP_PORT, &["10.0.0.1:443", "[::1]:65535"], &["10.0.0.1:", "10.0.0.1:123456", "[::1]", "10.0.0.256:1", "[10.0.0.1]:1"]),
    (
        Shape::HOSTNAME,
        &["signin.aws.example.com", "contoso.onmicrosoft.com", "PC-7.corp", "x.de"],
        &["user.session.start", "Microsoft.aadiam", "-a.com", "a..com", ".com", "a_b.com"],
    ),
    (
        Shape::MAC,
        &["00-11-22-33-44-55", "aA:bb:cc:dd:ee:ff"],
        &["00-11-22-33-44", "00-11-22:33-44-55", "00-11-22-33-44-5g", "001122334455"],
    ),
    (Shape::SID, &["S-1-5-21-1004336348-1177238915-682003330-512", "S-1-5-18"], &["S-1-", "S-1-5-x", "s-1-5-18", "S-2-5-18"]),
    (
        Shape::URL,
        &["https://login.example/a?b=c#d", "ms-app://x", "urn+x.y://é"],
        &["https://", "https:/x", "://x", "1http://x", "https://a b"],
    ),
    (
        Shape::RESOURCE,
        &["/tenants/910a2dec/providers/Microsoft.aadiam", "//", "arn:aws:iam::562283505220:user/x"],
        &["/tenants", "tenants/x/y", "Arn:aws", "/a b/c"],
    ),
    (
        Shape::USER_AGENT,
        &[
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
            "python-requests/2.28.1",
            "Go-http-client/1.1",
            "PostmanRuntime/7",
            "Microsoft Office/16.0 (Windows NT 10.0; 16.0.123)",
            "okhttp/4.9.0-alpha",
        ],
        &["Mozilla", "/5.0", "Mozilla/x", "step 3/4", "3/4", "a/4b"],
    ),
    (Shape::VERSION, &["1.2.3", "16.0.123.0.1539", "225.01.00.16", "10.0.19045.3803"], &["1.2", "1..2", "1.2.x", "v1.2.3", "1.2.3."]),
    (Shape::DURATION, &["PT1H", "P1DT2H30M", "P3M", "PT0.5S", "P1Y2M3D"], &["P", "PT", "P1", "P1H", "PT1D", "PT1M1H", "1H", "P-", "P1DT"]),
    (Shape::PHONE, &["+49 30 1234567", "+1 (555) 123-4567", "+15551234567"], &["+49", "49 30 1234567", "+49 30 1234567 ext"]),
    (Shape::PHONE_MASK, &["+XX XXXXXXX12", "+1 ***-***-34", "+1 xxx12"], &["XX XXXXXXX12", "+", "+49 YYY"]),
];

const NUMBERS: &[Row] = &[
    (Shape::EPOCH_TEXT, &["1763084933", "1763084933250"], &["176308493", "17630849332", "9763084933", "1763084933.5"]),
    (Shape::INTEGER_TEXT, &["0", "50126", "-7", "+7", "007", "9763084933"], &["1,000", "-", "1-2", "+1234567", "1e5", "0x1"]),
    (Shape::DECIMAL_TEXT, &["1.0", "-48.137"], &["1.", ".5", "1,5", "1.0e5", "1.0.0"]),
    (Shape::BOOLEAN_LOWER, &["true", "false"], &["tRue", "yes", "true "]),
    (Shape::BOOLEAN_TITLE, &["True", "False"], &["Truth", "TrUe"]),
    (Shape::BOOLEAN_UPPER, &["TRUE", "FALSE"], &["TRUe", "T"]),
    (Shape::hex(8), &["deadbee1", "0123456789ab", "DEADBEE1"], &["deadbeef", "12345678", "deadBEE1", "deadbe1", "deadbeg1"]),
    (
        Shape::hex(40),
        &["da39a3ee5e6b4b0d3255bfef95601890afd80709", "da39a3ee5e6b4b0d3255bfef95601890a"],
        &["da39a3ee5e6b4b0d3255bfef95601890", "da39a3ee5e6b4b0d3255bfef95601890afd807090"],
    ),
    (
        Shape::base64(24),
        &["3q2+7wAAECAwQFBgcHCAkA==", "aB3/dE5+gH7iJ9kL1mN2"],
        &["3q2-7wAAECAwQFBgcHCAkA==", "3q2+7wAAECAwQFBgcHCAkA=", "Windows/Active/Directory1", "aB3dE5gH7iJ9kL1mN2"],
    ),
    (
        Shape::base64_url(22),
        &["t2CCKJs_bEyGcq-gXDQPAA", "aB3_dE5-gH7iJ9kL1mN2"],
        &["Windows-AzureAD-Authentication-Provider-2", "TLS_AES_128_GCM_SHA256", "aB3_dE5-gH7", "aB3dE5gH7iJ9kL1mN2"],
    ),
    (
        Shape::alphanumeric(20),
        &["636220aed40091b4543eQ", "aB3dE5gH7iJ9kL1mN2oP"],
        &["aB3dE5gH7iJ9kL1", "ABCDEFGHIJKLMNOPQRS1", "aB3dE5gH7iJ9kL1mN2o.P"],
    ),
    (Shape::JWT, &["eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln-_", "eyJ.a.b"], &["eyJ.a", "eyJ.a.", "eyK.a.b", "eyJ.a.b.c", "eyJ.a.b c"]),
];

const WORDS: &[Row] = &[
    (Shape::COUNTRY, &["DE", "US"], &["De", "DEU", "D", "ÄÖ", "D1"]),
    (Shape::WORD_LOWER, &["success", "none", "straße", "健一"], &["Success", "not applied", "a1"]),
    (Shape::WORD_UPPER, &["SUCCESS", "USA", "A", "ÄÖ"], &["SUCCESs", "US"]),
    (Shape::WORD_TITLE, &["Success", "Zoë", "Österreich"], &["success", "SuccesS"]),
    (Shape::WORD_MIXED, &["notApplied", "NotApplied", "iOS", "MacOs"], &["Notapplied", "not-Applied"]),
    (Shape::TEXT_LOWER, &["not applied", "multi factor, then more", "a|b"], &["not Applied", "not-applied", "a|1"]),
    (Shape::TEXT_UPPER, &["NOT APPLIED", "MFA 2", "A.B C"], &["NOT APPLIEd"]),
    (
        Shape::TEXT_TITLE,
        &["Primary Authentication", "Windows 10", "Chrome 139.0.0", "O'Brien", "MFA Required", "Élan Vital"],
        &["Primary authentication", "primary Authentication"],
    ),
    (
        Shape::TEXT_SENTENCE,
        &["Primary authentication", "MFA required in Azure AD", "Sign-in frequency (periodic re-authentication)"],
        &["MFA Required", "mfa required"],
    ),
    (
        Shape::TEXT_OTHER,
        &["iPhone of Anna", " success", "success\n", "12:34", "(10)", "google-oauth2|1052", "[{'a': 'B'}]", "😀"],
        &["iPhone", "success", "1234"],
    ),
    (
        Shape::CODE,
        &["user-victim-123", "not_applied", "AES128", "v1.2.3", "user.session.start", "Jean-Luc", "Windows10", "01H8XGJWBWBAQ4"],
        &["user victim 123", "user|123", "notApplied", "128"],
    ),
];

#[test]
fn texts_have_their_shapes_and_near_misses_do_not() {
    for (shape, texts, misses) in [UNFILLED, NAMES, NUMBERS, WORDS].into_iter().flatten() {
        for text in *texts {
            assert_eq!(classify(text.as_bytes()), *shape, "{text:?}");
        }
        for text in *misses {
            assert_ne!(classify(text.as_bytes()), *shape, "{text:?}");
        }
    }
}

#[test]
fn changes_that_blinded_rules_change_the_shape() {
    for (before, after) in [
        ("anna@contoso.example", "910a2dec-8902-4cc1-b62d-d8916387443f"),
        ("2025-11-14T01:48:53.1234567Z", "2025-11-14T01:48:53Z"),
        ("2025-11-14T01:48:53Z", "11/14/2025 1:48:53 AM"),
        ("2025-11-14T01:48:53Z", "2025-11-14T01:48:53+00:00"),
        ("Primary Authentication", "Primary authentication"),
        ("10.0.0.1", "2001:db8::1"),
        ("10.0.0.1", "10.0.0.1:50000"),
        ("MTIzNDU2NzgtMTIzNC0xMjM0LTEyMzQtMTIzNDU2Nzg5MDEy", "t2CCKJs_bEyGcq-gXDQPAA"),
        ("true", "True"),
        ("none", ""),
    ] {
        assert_ne!(classify(before.as_bytes()), classify(after.as_bytes()), "{before} {after}");
    }
}

#[test]
fn random_tokens_of_one_kind_keep_one_shape() {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state = 1u64;
    let mut other = 0;
    for _ in 0..2_000 {
        let mut token: Vec<u8> = (0..42)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                alphabet[(state >> 58) as usize]
            })
            .collect();
        token.extend(b"==");
        other += u32::from(classify(&token) != Shape::base64(44));
    }
    assert_eq!(other, 0);
}

#[test]
fn keys_that_are_data_are_told_from_names() {
    for key in [
        "910a2dec-8902-4cc1-b62d-d8916387443f",
        "{910A2DEC-8902-4CC1-B62D-D8916387443F}",
        "0",
        "50126",
        "2026-03-01",
        "2026-03-01T00:00:00Z",
        "10.0.0.1",
        "::1",
        "anna@contoso.example",
        "0123456789abcdef",
        "DEADBEEFdeadbeef",
        "+49 170 1234567",
        "+491701234567",
        "+XX XXXXXX67",
        "0049 (170) 123-4567",
        "170.123.4567",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "123-45-6789",
        "DE89 3704 0044 0532 0130 00",
        "IMSI262011234567890",
        "Anna Maria <anna@contoso.example>",
        "anna maria@contoso.example",
        "mailto:anna@contoso.example",
        "https://contoso.example/users/anna@contoso.example",
        "CONTOSO\\anna",
        "anna_contoso.example#EXT#@fabrikam.onmicrosoft.example",
        "anna_contoso.example#ext#",
        "fe80::1%eth0",
        "fe80::1%Ethernet 2",
        "2001:db8::/32",
        "10.0.0.0/24",
        "[::1]",
        "[::1]:443",
        "00:1A:2b:3c:4d:5e",
        "S-1-5-21-1004336348-1177238915-682003330-512",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln",
    ] {
        assert!(is_data(key.as_bytes()), "{key}");
    }
    for key in [
        "",
        "a",
        "-1",
        "1.5",
        "deadbeef",
        "01234567abcdefa",
        "@odata.type",
        "roles@odata.type",
        "user@",
        "authenticationDetails",
        "OAuth2PermissionGrantsV2",
        "Is CAE Token",
        "Legacy TLS (TLS 1.0, 1.1, 3DES)",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
        "1.3.6.1.4.1.311.20.2.3",
        "10.0.19045.3803",
        "2023-01",
        "a/b",
        "\\",
        "+1",
    ] {
        assert!(!is_data(key.as_bytes()), "{key}");
    }
}

#[test]
fn words_with_the_number_of_a_version_are_names() {
    for key in ["riskEventTypes_v2", "RiskEventTypes_V2", "signInEventTypes-v12"] {
        assert!(!is_data(key.as_bytes()), "{key}");
    }
    for key in ["riskEvEnTtYpes_v2x", "kdUrOwPqZzXcVbNm_7"] {
        assert!(is_data(key.as_bytes()), "{key}");
    }
}

#[test]
fn the_example_of_a_shape_has_it() {
    // No token but a hexadecimal one is so short.
    let never = [Shape::base64(8), Shape::base64_url(8), Shape::alphanumeric(8)];
    for shape in (0..=u8::MAX).filter_map(Shape::from_code).filter(|shape| !never.contains(shape)) {
        // A container without members is an empty one, and zero is nothing where a latitude stands.
        let expected = match shape {
            Shape::OBJECT => Shape::EMPTY_OBJECT,
            Shape::ARRAY => Shape::EMPTY_ARRAY,
            Shape::JSON_OBJECT | Shape::JSON_ARRAY => Shape::EMPTY_JSON,
            shape => shape,
        };
        let mut scanner = super::scanner();
        let record = format!("{{\"latitude\":{}}}", shape.example());
        let seen = super::rows(&mut scanner, record.as_bytes()).unwrap();
        let value = seen.iter().find(|row| row.0 == "latitude").unwrap();
        assert_eq!(value.1, expected, "{record}");
    }
}
