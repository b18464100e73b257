//! The 249 countries and territories of ISO 3166-1.
//!
//! The names come from the Unicode Common Locale Data Repository (as packaged by Babel 2.18; © 2004–2025
//! Unicode, Inc., Unicode License V3, <https://www.unicode.org/license.txt>), with two changes in Russian:
//! the abbreviations of "island", "islands" and "saint" are written out, and Kyrgyzstan is named
//! «Кыргызстан», as Russian-language media and rights monitors of the region name it.
//! Gleditsch–Ward numbers are those of today's members of the state system, microstates included.

use super::{
    Vocabulary,
    served::{Crosswalk, Term},
    vocabulary::vocabulary,
};

/// `Variant "alpha-2" "alpha-3" "numeric" Gleditsch–Ward, "English name", "Русское название";`
macro_rules! countries {
    ($($variant:ident $code:tt $alpha3:tt $numeric:tt $gw:expr, $en:tt, $ru:tt;)+) => {
        vocabulary! {
            /// Countries and territories by their two-letter code of ISO 3166-1.
            pub enum CountryCode as "country" example "KZ" {
                $($variant: $code, $en, $ru,
                    concat!($en, ", which ISO 3166-1 also lists as ", $alpha3, " and ", $numeric, ".");)+
            }
        }

        impl CountryCode {
            /// The three-letter code of ISO 3166-1.
            pub fn alpha3(self) -> &'static str {
                match self { $(Self::$variant => $alpha3),+ }
            }

            /// The three-digit code of ISO 3166-1, leading zeros kept.
            pub fn numeric(self) -> &'static str {
                match self { $(Self::$variant => $numeric),+ }
            }

            /// The number in Gleditsch and Ward's list of independent states, which UCDP uses.
            pub fn gleditsch_ward(self) -> Option<u16> {
                match self { $(Self::$variant => $gw),+ }
            }
        }
    };
}

impl CountryCode {
    /// The country with this Gleditsch–Ward number.
    pub fn from_gleditsch_ward(number: u16) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|country| country.gleditsch_ward() == Some(number))
    }

    /// The served form, with its crosswalk.
    pub fn detailed_term(self) -> Term {
        let mut crosswalk = vec![
            Crosswalk::new("iso3166-1-alpha-3", self.alpha3()),
            Crosswalk::new("iso3166-1-numeric", self.numeric()),
        ];
        if let Some(number) = self.gleditsch_ward() {
            crosswalk.push(Crosswalk::new("gleditsch-ward", number.to_string()));
        }
        Term { crosswalk, ..self.term() }
    }
}

countries! {
    Ad "AD" "AND" "020" Some(232), "Andorra", "Андорра";
    Ae "AE" "ARE" "784" Some(696), "United Arab Emirates", "ОАЭ";
    Af "AF" "AFG" "004" Some(700), "Afghanistan", "Афганистан";
    Ag "AG" "ATG" "028" Some(58), "Antigua & Barbuda", "Антигуа и Барбуда";
    Ai "AI" "AIA" "660" None, "Anguilla", "Ангилья";
    Al "AL" "ALB" "008" Some(339), "Albania", "Албания";
    Am "AM" "ARM" "051" Some(371), "Armenia", "Армения";
    Ao "AO" "AGO" "024" Some(540), "Angola", "Ангола";
    Aq "AQ" "ATA" "010" None, "Antarctica", "Антарктида";
    Ar "AR" "ARG" "032" Some(160), "Argentina", "Аргентина";
    As "AS" "ASM" "016" None, "American Samoa", "Американское Самоа";
    At "AT" "AUT" "040" Some(305), "Austria", "Австрия";
    Au "AU" "AUS" "036" Some(900), "Australia", "Австралия";
    Aw "AW" "ABW" "533" None, "Aruba", "Аруба";
    Ax "AX" "ALA" "248" None, "Åland Islands", "Аландские острова";
    Az "AZ" "AZE" "031" Some(373), "Azerbaijan", "Азербайджан";
    Ba "BA" "BIH" "070" Some(346), "Bosnia & Herzegovina", "Босния и Герцеговина";
    Bb "BB" "BRB" "052" Some(53), "Barbados", "Барбадос";
    Bd "BD" "BGD" "050" Some(771), "Bangladesh", "Бангладеш";
    Be "BE" "BEL" "056" Some(211), "Belgium", "Бельгия";
    Bf "BF" "BFA" "854" Some(439), "Burkina Faso", "Буркина-Фасо";
    Bg "BG" "BGR" "100" Some(355), "Bulgaria", "Болгария";
    Bh "BH" "BHR" "048" Some(692), "Bahrain", "Бахрейн";
    Bi "BI" "BDI" "108" Some(516), "Burundi", "Бурунди";
    Bj "BJ" "BEN" "204" Some(434), "Benin", "Бенин";
    Bl "BL" "BLM" "652" None, "St. Barthélemy", "Сен-Бартелеми";
    Bm "BM" "BMU" "060" None, "Bermuda", "Бермудские острова";
    Bn "BN" "BRN" "096" Some(835), "Brunei", "Бруней";
    Bo "BO" "BOL" "068" Some(145), "Bolivia", "Боливия";
    Bq "BQ" "BES" "535" None, "Caribbean Netherlands", "Бонэйр, Синт-Эстатиус и Саба";
    Br "BR" "BRA" "076" Some(140), "Brazil", "Бразилия";
    Bs "BS" "BHS" "044" Some(31), "Bahamas", "Багамы";
    Bt "BT" "BTN" "064" Some(760), "Bhutan", "Бутан";
    Bv "BV" "BVT" "074" None, "Bouvet Island", "Остров Буве";
    Bw "BW" "BWA" "072" Some(571), "Botswana", "Ботсвана";
    By "BY" "BLR" "112" Some(370), "Belarus", "Беларусь";
    Bz "BZ" "BLZ" "084" Some(80), "Belize", "Белиз";
    Ca "CA" "CAN" "124" Some(20), "Canada", "Канада";
    Cc "CC" "CCK" "166" None, "Cocos (Keeling) Islands", "Кокосовые острова";
    Cd "CD" "COD" "180" Some(490), "Congo - Kinshasa", "Конго - Киншаса";
    Cf "CF" "CAF" "140" Some(482), "Central African Republic", "Центрально-Африканская Республика";
    Cg "CG" "COG" "178" Some(484), "Congo - Brazzaville", "Конго - Браззавиль";
    Ch "CH" "CHE" "756" Some(225), "Switzerland", "Швейцария";
    Ci "CI" "CIV" "384" Some(437), "Côte d’Ivoire", "Кот-д’Ивуар";
    Ck "CK" "COK" "184" None, "Cook Islands", "Острова Кука";
    Cl "CL" "CHL" "152" Some(155), "Chile", "Чили";
    Cm "CM" "CMR" "120" Some(471), "Cameroon", "Камерун";
    Cn "CN" "CHN" "156" Some(710), "China", "Китай";
    Co "CO" "COL" "170" Some(100), "Colombia", "Колумбия";
    Cr "CR" "CRI" "188" Some(94), "Costa Rica", "Коста-Рика";
    Cu "CU" "CUB" "192" Some(40), "Cuba", "Куба";
    Cv "CV" "CPV" "132" Some(402), "Cape Verde", "Кабо-Верде";
    Cw "CW" "CUW" "531" None, "Curaçao", "Кюрасао";
    Cx "CX" "CXR" "162" None, "Christmas Island", "Остров Рождества";
    Cy "CY" "CYP" "196" Some(352), "Cyprus", "Кипр";
    Cz "CZ" "CZE" "203" Some(316), "Czechia", "Чехия";
    De "DE" "DEU" "276" Some(260), "Germany", "Германия";
    Dj "DJ" "DJI" "262" Some(522), "Djibouti", "Джибути";
    Dk "DK" "DNK" "208" Some(390), "Denmark", "Дания";
    Dm "DM" "DMA" "212" Some(54), "Dominica", "Доминика";
    Do "DO" "DOM" "214" Some(42), "Dominican Republic", "Доминиканская Республика";
    Dz "DZ" "DZA" "012" Some(615), "Algeria", "Алжир";
    Ec "EC" "ECU" "218" Some(130), "Ecuador", "Эквадор";
    Ee "EE" "EST" "233" Some(366), "Estonia", "Эстония";
    Eg "EG" "EGY" "818" Some(651), "Egypt", "Египет";
    Eh "EH" "ESH" "732" None, "Western Sahara", "Западная Сахара";
    Er "ER" "ERI" "232" Some(531), "Eritrea", "Эритрея";
    Es "ES" "ESP" "724" Some(230), "Spain", "Испания";
    Et "ET" "ETH" "231" Some(530), "Ethiopia", "Эфиопия";
    Fi "FI" "FIN" "246" Some(375), "Finland", "Финляндия";
    Fj "FJ" "FJI" "242" Some(950), "Fiji", "Фиджи";
    Fk "FK" "FLK" "238" None, "Falkland Islands", "Фолклендские острова";
    Fm "FM" "FSM" "583" Some(987), "Micronesia", "Федеративные Штаты Микронезии";
    Fo "FO" "FRO" "234" None, "Faroe Islands", "Фарерские острова";
    Fr "FR" "FRA" "250" Some(220), "France", "Франция";
    Ga "GA" "GAB" "266" Some(481), "Gabon", "Габон";
    Gb "GB" "GBR" "826" Some(200), "United Kingdom", "Великобритания";
    Gd "GD" "GRD" "308" Some(55), "Grenada", "Гренада";
    Ge "GE" "GEO" "268" Some(372), "Georgia", "Грузия";
    Gf "GF" "GUF" "254" None, "French Guiana", "Французская Гвиана";
    Gg "GG" "GGY" "831" None, "Guernsey", "Гернси";
    Gh "GH" "GHA" "288" Some(452), "Ghana", "Гана";
    Gi "GI" "GIB" "292" None, "Gibraltar", "Гибралтар";
    Gl "GL" "GRL" "304" None, "Greenland", "Гренландия";
    Gm "GM" "GMB" "270" Some(420), "Gambia", "Гамбия";
    Gn "GN" "GIN" "324" Some(438), "Guinea", "Гвинея";
    Gp "GP" "GLP" "312" None, "Guadeloupe", "Гваделупа";
    Gq "GQ" "GNQ" "226" Some(411), "Equatorial Guinea", "Экваториальная Гвинея";
    Gr "GR" "GRC" "300" Some(350), "Greece", "Греция";
    Gs "GS" "SGS" "239" None, "South Georgia & South Sandwich Islands", "Южная Георгия и Южные Сандвичевы острова";
    Gt "GT" "GTM" "320" Some(90), "Guatemala", "Гватемала";
    Gu "GU" "GUM" "316" None, "Guam", "Гуам";
    Gw "GW" "GNB" "624" Some(404), "Guinea-Bissau", "Гвинея-Бисау";
    Gy "GY" "GUY" "328" Some(110), "Guyana", "Гайана";
    Hk "HK" "HKG" "344" None, "Hong Kong SAR China", "Гонконг (САР)";
    Hm "HM" "HMD" "334" None, "Heard & McDonald Islands", "Острова Херд и Макдональд";
    Hn "HN" "HND" "340" Some(91), "Honduras", "Гондурас";
    Hr "HR" "HRV" "191" Some(344), "Croatia", "Хорватия";
    Ht "HT" "HTI" "332" Some(41), "Haiti", "Гаити";
    Hu "HU" "HUN" "348" Some(310), "Hungary", "Венгрия";
    Id "ID" "IDN" "360" Some(850), "Indonesia", "Индонезия";
    Ie "IE" "IRL" "372" Some(205), "Ireland", "Ирландия";
    Il "IL" "ISR" "376" Some(666), "Israel", "Израиль";
    Im "IM" "IMN" "833" None, "Isle of Man", "Остров Мэн";
    In "IN" "IND" "356" Some(750), "India", "Индия";
    Io "IO" "IOT" "086" None, "British Indian Ocean Territory", "Британская территория в Индийском океане";
    Iq "IQ" "IRQ" "368" Some(645), "Iraq", "Ирак";
    Ir "IR" "IRN" "364" Some(630), "Iran", "Иран";
    Is "IS" "ISL" "352" Some(395), "Iceland", "Исландия";
    It "IT" "ITA" "380" Some(325), "Italy", "Италия";
    Je "JE" "JEY" "832" None, "Jersey", "Джерси";
    Jm "JM" "JAM" "388" Some(51), "Jamaica", "Ямайка";
    Jo "JO" "JOR" "400" Some(663), "Jordan", "Иордания";
    Jp "JP" "JPN" "392" Some(740), "Japan", "Япония";
    Ke "KE" "KEN" "404" Some(501), "Kenya", "Кения";
    Kg "KG" "KGZ" "417" Some(703), "Kyrgyzstan", "Кыргызстан";
    Kh "KH" "KHM" "116" Some(811), "Cambodia", "Камбоджа";
    Ki "KI" "KIR" "296" Some(970), "Kiribati", "Кирибати";
    Km "KM" "COM" "174" Some(581), "Comoros", "Коморы";
    Kn "KN" "KNA" "659" Some(60), "St. Kitts & Nevis", "Сент-Китс и Невис";
    Kp "KP" "PRK" "408" Some(731), "North Korea", "КНДР";
    Kr "KR" "KOR" "410" Some(732), "South Korea", "Республика Корея";
    Kw "KW" "KWT" "414" Some(690), "Kuwait", "Кувейт";
    Ky "KY" "CYM" "136" None, "Cayman Islands", "Острова Кайман";
    Kz "KZ" "KAZ" "398" Some(705), "Kazakhstan", "Казахстан";
    La "LA" "LAO" "418" Some(812), "Laos", "Лаос";
    Lb "LB" "LBN" "422" Some(660), "Lebanon", "Ливан";
    Lc "LC" "LCA" "662" Some(56), "St. Lucia", "Сент-Люсия";
    Li "LI" "LIE" "438" Some(223), "Liechtenstein", "Лихтенштейн";
    Lk "LK" "LKA" "144" Some(780), "Sri Lanka", "Шри-Ланка";
    Lr "LR" "LBR" "430" Some(450), "Liberia", "Либерия";
    Ls "LS" "LSO" "426" Some(570), "Lesotho", "Лесото";
    Lt "LT" "LTU" "440" Some(368), "Lithuania", "Литва";
    Lu "LU" "LUX" "442" Some(212), "Luxembourg", "Люксембург";
    Lv "LV" "LVA" "428" Some(367), "Latvia", "Латвия";
    Ly "LY" "LBY" "434" Some(620), "Libya", "Ливия";
    Ma "MA" "MAR" "504" Some(600), "Morocco", "Марокко";
    Mc "MC" "MCO" "492" Some(221), "Monaco", "Монако";
    Md "MD" "MDA" "498" Some(359), "Moldova", "Молдова";
    Me "ME" "MNE" "499" Some(341), "Montenegro", "Черногория";
    Mf "MF" "MAF" "663" None, "St. Martin", "Сен-Мартен";
    Mg "MG" "MDG" "450" Some(580), "Madagascar", "Мадагаскар";
    Mh "MH" "MHL" "584" Some(983), "Marshall Islands", "Маршалловы острова";
    Mk "MK" "MKD" "807" Some(343), "North Macedonia", "Северная Македония";
    Ml "ML" "MLI" "466" Some(432), "Mali", "Мали";
    Mm "MM" "MMR" "104" Some(775), "Myanmar (Burma)", "Мьянма (Бирма)";
    Mn "MN" "MNG" "496" Some(712), "Mongolia", "Монголия";
    Mo "MO" "MAC" "446" None, "Macao SAR China", "Макао (САР)";
    Mp "MP" "MNP" "580" None, "Northern Mariana Islands", "Северные Марианские острова";
    Mq "MQ" "MTQ" "474" None, "Martinique", "Мартиника";
    Mr "MR" "MRT" "478" Some(435), "Mauritania", "Мавритания";
    Ms "MS" "MSR" "500" None, "Montserrat", "Монтсеррат";
    Mt "MT" "MLT" "470" Some(338), "Malta", "Мальта";
    Mu "MU" "MUS" "480" Some(590), "Mauritius", "Маврикий";
    Mv "MV" "MDV" "462" Some(781), "Maldives", "Мальдивы";
    Mw "MW" "MWI" "454" Some(553), "Malawi", "Малави";
    Mx "MX" "MEX" "484" Some(70), "Mexico", "Мексика";
    My "MY" "MYS" "458" Some(820), "Malaysia", "Малайзия";
    Mz "MZ" "MOZ" "508" Some(541), "Mozambique", "Мозамбик";
    Na "NA" "NAM" "516" Some(565), "Namibia", "Намибия";
    Nc "NC" "NCL" "540" None, "New Caledonia", "Новая Каледония";
    Ne "NE" "NER" "562" Some(436), "Niger", "Нигер";
    Nf "NF" "NFK" "574" None, "Norfolk Island", "Остров Норфолк";
    Ng "NG" "NGA" "566" Some(475), "Nigeria", "Нигерия";
    Ni "NI" "NIC" "558" Some(93), "Nicaragua", "Никарагуа";
    Nl "NL" "NLD" "528" Some(210), "Netherlands", "Нидерланды";
    No "NO" "NOR" "578" Some(385), "Norway", "Норвегия";
    Np "NP" "NPL" "524" Some(790), "Nepal", "Непал";
    Nr "NR" "NRU" "520" Some(971), "Nauru", "Науру";
    Nu "NU" "NIU" "570" None, "Niue", "Ниуэ";
    Nz "NZ" "NZL" "554" Some(920), "New Zealand", "Новая Зеландия";
    Om "OM" "OMN" "512" Some(698), "Oman", "Оман";
    Pa "PA" "PAN" "591" Some(95), "Panama", "Панама";
    Pe "PE" "PER" "604" Some(135), "Peru", "Перу";
    Pf "PF" "PYF" "258" None, "French Polynesia", "Французская Полинезия";
    Pg "PG" "PNG" "598" Some(910), "Papua New Guinea", "Папуа — Новая Гвинея";
    Ph "PH" "PHL" "608" Some(840), "Philippines", "Филиппины";
    Pk "PK" "PAK" "586" Some(770), "Pakistan", "Пакистан";
    Pl "PL" "POL" "616" Some(290), "Poland", "Польша";
    Pm "PM" "SPM" "666" None, "St. Pierre & Miquelon", "Сен-Пьер и Микелон";
    Pn "PN" "PCN" "612" None, "Pitcairn Islands", "Острова Питкэрн";
    Pr "PR" "PRI" "630" None, "Puerto Rico", "Пуэрто-Рико";
    Ps "PS" "PSE" "275" None, "Palestinian Territories", "Палестинские территории";
    Pt "PT" "PRT" "620" Some(235), "Portugal", "Португалия";
    Pw "PW" "PLW" "585" Some(986), "Palau", "Палау";
    Py "PY" "PRY" "600" Some(150), "Paraguay", "Парагвай";
    Qa "QA" "QAT" "634" Some(694), "Qatar", "Катар";
    Re "RE" "REU" "638" None, "Réunion", "Реюньон";
    Ro "RO" "ROU" "642" Some(360), "Romania", "Румыния";
    Rs "RS" "SRB" "688" Some(340), "Serbia", "Сербия";
    Ru "RU" "RUS" "643" Some(365), "Russia", "Россия";
    Rw "RW" "RWA" "646" Some(517), "Rwanda", "Руанда";
    Sa "SA" "SAU" "682" Some(670), "Saudi Arabia", "Саудовская Аравия";
    Sb "SB" "SLB" "090" Some(940), "Solomon Islands", "Соломоновы острова";
    Sc "SC" "SYC" "690" Some(591), "Seychelles", "Сейшельские острова";
    Sd "SD" "SDN" "729" Some(625), "Sudan", "Судан";
    Se "SE" "SWE" "752" Some(380), "Sweden", "Швеция";
    Sg "SG" "SGP" "702" Some(830), "Singapore", "Сингапур";
    Sh "SH" "SHN" "654" None, "St. Helena", "Остров Святой Елены";
    Si "SI" "SVN" "705" Some(349), "Slovenia", "Словения";
    Sj "SJ" "SJM" "744" None, "Svalbard & Jan Mayen", "Шпицберген и Ян-Майен";
    Sk "SK" "SVK" "703" Some(317), "Slovakia", "Словакия";
    Sl "SL" "SLE" "694" Some(451), "Sierra Leone", "Сьерра-Леоне";
    Sm "SM" "SMR" "674" Some(331), "San Marino", "Сан-Марино";
    Sn "SN" "SEN" "686" Some(433), "Senegal", "Сенегал";
    So "SO" "SOM" "706" Some(520), "Somalia", "Сомали";
    Sr "SR" "SUR" "740" Some(115), "Suriname", "Суринам";
    Ss "SS" "SSD" "728" Some(626), "South Sudan", "Южный Судан";
    St "ST" "STP" "678" Some(403), "São Tomé & Príncipe", "Сан-Томе и Принсипи";
    Sv "SV" "SLV" "222" Some(92), "El Salvador", "Сальвадор";
    Sx "SX" "SXM" "534" None, "Sint Maarten", "Синт-Мартен";
    Sy "SY" "SYR" "760" Some(652), "Syria", "Сирия";
    Sz "SZ" "SWZ" "748" Some(572), "Eswatini", "Эсватини";
    Tc "TC" "TCA" "796" None, "Turks & Caicos Islands", "Тёркс и Кайкос";
    Td "TD" "TCD" "148" Some(483), "Chad", "Чад";
    Tf "TF" "ATF" "260" None, "French Southern Territories", "Французские Южные территории";
    Tg "TG" "TGO" "768" Some(461), "Togo", "Того";
    Th "TH" "THA" "764" Some(800), "Thailand", "Таиланд";
    Tj "TJ" "TJK" "762" Some(702), "Tajikistan", "Таджикистан";
    Tk "TK" "TKL" "772" None, "Tokelau", "Токелау";
    Tl "TL" "TLS" "626" Some(860), "Timor-Leste", "Восточный Тимор";
    Tm "TM" "TKM" "795" Some(701), "Turkmenistan", "Туркменистан";
    Tn "TN" "TUN" "788" Some(616), "Tunisia", "Тунис";
    To "TO" "TON" "776" Some(972), "Tonga", "Тонга";
    Tr "TR" "TUR" "792" Some(640), "Türkiye", "Турция";
    Tt "TT" "TTO" "780" Some(52), "Trinidad & Tobago", "Тринидад и Тобаго";
    Tv "TV" "TUV" "798" Some(973), "Tuvalu", "Тувалу";
    Tw "TW" "TWN" "158" Some(713), "Taiwan", "Тайвань";
    Tz "TZ" "TZA" "834" Some(510), "Tanzania", "Танзания";
    Ua "UA" "UKR" "804" Some(369), "Ukraine", "Украина";
    Ug "UG" "UGA" "800" Some(500), "Uganda", "Уганда";
    Um "UM" "UMI" "581" None, "U.S. Outlying Islands", "Внешние малые острова (США)";
    Us "US" "USA" "840" Some(2), "United States", "Соединенные Штаты";
    Uy "UY" "URY" "858" Some(165), "Uruguay", "Уругвай";
    Uz "UZ" "UZB" "860" Some(704), "Uzbekistan", "Узбекистан";
    Va "VA" "VAT" "336" None, "Vatican City", "Ватикан";
    Vc "VC" "VCT" "670" Some(57), "St. Vincent & Grenadines", "Сент-Винсент и Гренадины";
    Ve "VE" "VEN" "862" Some(101), "Venezuela", "Венесуэла";
    Vg "VG" "VGB" "092" None, "British Virgin Islands", "Виргинские острова (Великобритания)";
    Vi "VI" "VIR" "850" None, "U.S. Virgin Islands", "Виргинские острова (США)";
    Vn "VN" "VNM" "704" Some(816), "Vietnam", "Вьетнам";
    Vu "VU" "VUT" "548" Some(935), "Vanuatu", "Вануату";
    Wf "WF" "WLF" "876" None, "Wallis & Futuna", "Уоллис и Футуна";
    Ws "WS" "WSM" "882" Some(990), "Samoa", "Самоа";
    Ye "YE" "YEM" "887" Some(678), "Yemen", "Йемен";
    Yt "YT" "MYT" "175" None, "Mayotte", "Майотта";
    Za "ZA" "ZAF" "710" Some(560), "South Africa", "Южно-Африканская Республика";
    Zm "ZM" "ZMB" "894" Some(551), "Zambia", "Замбия";
    Zw "ZW" "ZWE" "716" Some(552), "Zimbabwe", "Зимбабве";
}
