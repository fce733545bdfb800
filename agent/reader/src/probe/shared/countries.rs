//! Codes of mobile operators, and which country a mobile country code belongs to.
//!
//! ITU-T E.212 assigns the codes; the list is the annex "List of mobile country or geographical area codes" to ITU's
//! Operational Bulletin. Countries are written as ISO 3166-1 alpha-2. Where an area with a country code of its own shares
//! a mobile country code (Guernsey, Martinique, Mayotte, Bonaire), the one for which it was assigned stands here.

/// Where mobile country codes end in an operator's code; two or three digits for the network follow.
const COUNTRY_DIGITS: usize = 3;

/// The country's and the network's digits of an operator's code; `None` for what is not such a code.
pub fn split(operator: &str) -> Option<(&str, &str)> {
    let is_code = matches!(operator.len(), 5 | 6) && operator.bytes().all(|b| b.is_ascii_digit());
    operator.split_at_checked(COUNTRY_DIGITS).filter(|_| is_code)
}

/// The country's code; `None` for codes of international networks and for codes that are not assigned.
pub fn of(mobile_country_code: &str) -> Option<&'static str> {
    COUNTRIES.split_ascii_whitespace().find_map(|entry| entry.strip_prefix(mobile_country_code))
}

/// Three digits and two letters per entry. XK is not an official code: ISO 3166 leaves it to its users, who mean Kosovo.
const COUNTRIES: &str = "
202GR 204NL 206BE 208FR 212MC 213AD 214ES 216HU 218BA 219HR 220RS 221XK 222IT 225VA 226RO 228CH 230CZ 231SK 232AT
234GB 235GB 238DK 240SE 242NO 244FI 246LT 247LV 248EE 250RU 255UA 257BY 259MD 260PL 262DE 266GI 268PT 270LU 272IE
274IS 276AL 278MT 280CY 282GE 283AM 284BG 286TR 288FO 289GE 290GL 292SM 293SI 294MK 295LI 297ME 302CA 308PM 310US
311US 312US 313US 314US 315US 316US 330PR 332VI 334MX 338JM 340GP 342BB 344AG 346KY 348VG 350BM 352GD 354MS 356KN
358LC 360VC 362CW 363AW 364BS 365AI 366DM 368CU 370DO 372HT 374TT 376TC 400AZ 401KZ 402BT 404IN 405IN 406IN 410PK
412AF 413LK 414MM 415LB 416JO 417SY 418IQ 419KW 420SA 421YE 422OM 424AE 425IL 426BH 427QA 428MN 429NP 430AE 431AE
432IR 434UZ 436TJ 437KG 438TM 440JP 441JP 450KR 452VN 454HK 455MO 456KH 457LA 460CN 461CN 466TW 467KP 470BD 472MV
502MY 505AU 510ID 514TL 515PH 520TH 525SG 528BN 530NZ 536NR 537PG 539TO 540SB 541VU 542FJ 543WF 544AS 545KI 546NC
547PF 548CK 549WS 550FM 551MH 552PW 553TV 554TK 555NU 602EG 603DZ 604MA 605TN 606LY 607GM 608SN 609MR 610ML 611GN
612CI 613BF 614NE 615TG 616BJ 617MU 618LR 619SL 620GH 621NG 622TD 623CF 624CM 625CV 626ST 627GQ 628GA 629CG 630CD
631AO 632GW 633SC 634SD 635RW 636ET 637SO 638DJ 639KE 640TZ 641UG 642BI 643MZ 645ZM 646MG 647RE 648ZW 649NA 650MW
651LS 652BW 653SZ 654KM 655ZA 657ER 658SH 659SS 702BZ 704GT 706SV 708HN 710NI 712CR 714PA 716PE 722AR 724BR 730CL
732CO 734VE 736BO 738GY 740EC 742GF 744PY 746SR 748UY 750FK
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operators_code_is_its_countrys_and_its_own() {
        assert_eq!(split("26201"), Some(("262", "01")));
        assert_eq!(split("310260"), Some(("310", "260")));
        for odd in ["", "2620", "2620100", "2620a", "26201 ", "ÄÄÄ"] {
            assert_eq!(split(odd), None, "{odd}");
        }
    }

    #[test]
    fn codes_belong_to_countries() {
        for (code, country) in
            [("262", Some("DE")), ("310", Some("US")), ("001", None), ("901", None), ("750", Some("FK"))]
        {
            assert_eq!(of(code), country, "{code}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_each_entry_is_three_digits_and_two_letters() {
        let entries: Vec<&str> = COUNTRIES.split_ascii_whitespace().collect();
        assert!(entries.len() > 200 && entries.is_sorted_by(|a, b| a[..3] < b[..3]));
        for entry in entries {
            let (code, country) = entry.split_at(3);
            assert!(code.bytes().all(|b| b.is_ascii_digit()), "{entry}");
            assert!(country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase()), "{entry}");
        }
    }
}
