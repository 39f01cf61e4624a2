//! Who and what lives in the demo's tenant: users with habits, devices, apps, programs, policies.

use super::random::Random;

/// A city with its coordinates and the network that serves it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) state: &'static str,
    pub(super) country: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) network: u32,
}

const fn place(city: &'static str, state: &'static str, country: &'static str, at: (f64, f64), network: u32) -> Place {
    Place { city, state, country, latitude: at.0, longitude: at.1, network }
}

/// Offices first, then the places of journeys; the last one is the data centre of programs.
pub(super) const PLACES: &[Place] = &[
    place("Hamburg", "Hamburg", "DE", (53.55073, 9.99302), 64_501),
    place("Leipzig", "Sachsen", "DE", (51.33962, 12.37129), 64_502),
    place("Utrecht", "Utrecht", "NL", (52.09083, 5.12222), 64_503),
    place("Lyon", "Auvergne-Rhone-Alpes", "FR", (45.74846, 4.84671), 64_504),
    place("Boston", "Massachusetts", "US", (42.35843, -71.05977), 64_505),
    place("Porto", "Porto", "PT", (41.14961, -8.61099), 64_506),
    place("Nagoya", "Aichi", "JP", (35.18147, 136.90641), 64_507),
    place("Dublin", "Dublin", "IE", (53.33306, -6.24889), 64_508),
];
const OFFICES: usize = 5;
const CENTRE: usize = PLACES.len() - 1;

/// How a user proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// A password, nothing else.
    Password,
    /// A password and a prompt on the phone.
    Prompt,
    /// A password and a code from the phone.
    Code,
    /// A security key.
    Key,
}

/// A browser as devices have it: each version lives for four weeks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Browser {
    pub(super) name: &'static str,
    first_version: u32,
    /// The user agent up to the version.
    agent: &'static str,
}

const BROWSERS: &[Browser] = &[
    Browser { name: "Edge", first_version: 110, agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Edg/" },
    Browser { name: "Chrome", first_version: 110, agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/" },
    Browser { name: "Firefox", first_version: 109, agent: "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/" },
    Browser { name: "Mobile Safari", first_version: 16, agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 16_3 like Mac OS X) Version/" },
];

/// What a user signs in with.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) system: &'static str,
    /// Known to the tenant; unknown devices have no id and no name.
    pub(super) managed: bool,
    pub(super) is_phone: bool,
    pub(super) browser: Browser,
    /// Days after which it takes a new version.
    lag: u32,
}

impl Device {
    /// The browser's version on a day.
    fn version(&self, day: u32) -> String {
        let step = if self.is_phone { 90 } else { 28 };
        format!("{}.0", self.browser.first_version + (day + 28 - self.lag.min(28)) / step)
    }

    /// The browser as the service names it.
    pub(super) fn browser(&self, day: u32) -> String {
        format!("{} {}.0", self.browser.name, self.version(day))
    }

    /// The user agent.
    pub(super) fn agent(&self, day: u32) -> String {
        format!("{}{}", self.browser.agent, self.version(day))
    }
}

/// A person.
#[derive(Debug)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) principal: String,
    pub(super) is_guest: bool,
    pub(super) office: usize,
    pub(super) address: String,
    pub(super) devices: Vec<Device>,
    pub(super) habit: Habit,
    /// Apps by their number, the favourite first; one that stands twice is used more.
    pub(super) apps: Vec<usize>,
    /// Chance that a visit begins with a failure.
    pub(super) clumsiness: f64,
    /// The failure this person runs into most.
    pub(super) weakness: f64,
    /// How busy, against the others.
    pub(super) weight: f64,
    /// First and last day at work.
    pub(super) days: (u32, u32),
    /// Hours by which the day begins later than usual.
    pub(super) lateness: f64,
}

/// An app and the resource it asks for.
#[derive(Debug)]
pub(super) struct App {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) resource: &'static str,
    pub(super) resource_id: String,
    /// Whether it runs in a browser.
    pub(super) is_web: bool,
}

/// A service principal or a managed identity.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) id: String,
    pub(super) app_id: String,
    pub(super) name: String,
    pub(super) is_managed: bool,
    pub(super) has_certificate: bool,
    pub(super) key_id: String,
    pub(super) address: String,
    pub(super) place: usize,
    pub(super) app: usize,
    pub(super) clumsiness: f64,
    pub(super) weight: f64,
}

/// A conditional access policy.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) control: &'static str,
}

const GIVEN: &[&str] = &[
    "Alma", "Bela", "Cora", "Dario", "Edda", "Falk", "Gesa", "Hugo", "Ines", "Jonas", "Kaja", "Levin", "Mona", "Nils", "Oda", "Pia",
    "Quirin", "Rosa", "Sven", "Thea", "Ugo", "Vera", "Wanda", "Yann",
];
const FAMILY: &[&str] = &[
    "Ahrens", "Brook", "Claes", "Dorn", "Elling", "Frost", "Grau", "Hollis", "Ivers", "Jung", "Kern", "Lind", "Moor", "Nolte", "Olsen",
    "Peters", "Quast", "Riedel", "Sander", "Thal", "Ulmer", "Voss", "Winter", "Zander",
];
const APPS: &[(&str, &str, bool)] = &[
    ("Outlook Web", "Exchange Online", true),
    ("Teams Client", "Teams Services", false),
    ("Portal Home", "Graph Service", true),
    ("Files Web", "SharePoint Online", true),
    ("Desk Office", "Exchange Online", false),
    ("Travel Booking", "Travel Booking", true),
    ("Sales Desk", "Sales Desk", true),
    ("Cloud Console", "Management API", true),
    ("Build Server", "Build Server", true),
    ("Phone Mail", "Exchange Online", false),
    ("Wiki", "Wiki", true),
    ("Payroll", "Payroll", true),
    ("Command Line", "Management API", false),
    ("Design Board", "Design Board", true),
];
const PROGRAMS: &[&str] =
    &["backup", "inventory", "mail-relay", "metrics", "deploy", "sync-hr", "reports", "scanner", "billing", "archive"];
const POLICIES: &[(&str, &str)] = &[
    ("Second factor for everyone", "Mfa"),
    ("Known devices for finance", "RequireCompliantDevice"),
    ("No old protocols", "Block"),
    ("Second factor for administrators", "Mfa"),
];

/// Everybody, for about this many records a day.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) tenant: String,
    pub(super) users: Vec<User>,
    pub(super) apps: Vec<App>,
    pub(super) programs: Vec<Program>,
    pub(super) policies: Vec<Policy>,
}

impl Cast {
    pub(super) fn new(seed: u64, records_a_day: usize) -> Self {
        let mut random = Random::new(&[seed, 0]);
        let tenant = random.guid();
        let apps = APPS.iter().map(|row| app(&mut random, row)).collect();
        let policies = POLICIES.iter().map(|(name, control)| Policy { id: random.guid(), name, control }).collect();
        let users = (0..(records_a_day / 10).clamp(20, 20_000)).map(|i| user(&mut random, i)).collect();
        let programs = (0..(records_a_day / 60).clamp(6, 400)).map(|i| program(&mut random, i)).collect();
        Self { tenant, users, apps, programs, policies }
    }
}

fn app(random: &mut Random, (name, resource, is_web): &(&'static str, &'static str, bool)) -> App {
    App { id: random.guid(), name, resource, resource_id: random.guid(), is_web: *is_web }
}

fn user(random: &mut Random, i: usize) -> User {
    let (given, family) = (random.pick(GIVEN), random.pick(FAMILY));
    let is_guest = random.chance(0.06);
    let account = format!("{}.{}{i}", given.to_lowercase(), family.to_lowercase());
    let principal = if is_guest { format!("{account}_partner.example#EXT#@corp.example") } else { format!("{account}@corp.example") };
    let apps = (0..random.between(3, 8)).map(|_| random.zipf(APPS.len())).collect();
    let habit = [Habit::Password, Habit::Prompt, Habit::Code, Habit::Key][random.weighted([0.25, 0.5, 0.15, 0.1].into_iter())];
    let first = if random.chance(0.88) { 0 } else { u32::try_from(random.below(90)).unwrap_or(0) };
    let last = if random.chance(0.04) { first + u32::try_from(random.between(5, 60)).unwrap_or(5) } else { u32::MAX };
    let second = random.chance(0.6);
    let mut devices = vec![computer(random, i)];
    if second {
        devices.push(phone(random));
    }
    User {
        id: random.guid(),
        name: format!("{given} {family}"),
        principal,
        is_guest,
        office: random.zipf(OFFICES),
        address: address(random),
        devices,
        habit,
        apps,
        clumsiness: 0.02 + 0.02 / (0.05 + random.unit()),
        weakness: random.unit(),
        weight: 1.0 / (0.05 + random.unit()),
        days: (first, last),
        lateness: 0.8 * random.bell(),
    }
}

fn computer(random: &mut Random, i: usize) -> Device {
    let managed = random.chance(0.8);
    let kind = random.weighted([0.5, 0.35, 0.15].into_iter());
    let (id, name) = if managed { (random.guid(), format!("PC-{i:04}")) } else { (String::new(), String::new()) };
    let system = if kind == 2 { "Linux" } else { "Windows 10" };
    Device { id, name, system, managed, is_phone: false, browser: BROWSERS[kind], lag: lag(random) }
}

fn phone(random: &mut Random) -> Device {
    let lag = lag(random);
    Device { id: String::new(), name: String::new(), system: "Ios 16.3", managed: false, is_phone: true, browser: BROWSERS[3], lag }
}

fn lag(random: &mut Random) -> u32 {
    u32::try_from(random.below(14)).unwrap_or(0)
}

/// An address of the ranges that are set aside for tests and documentation.
pub(super) fn address(random: &mut Random) -> String {
    if random.chance(0.12) {
        format!("2001:db8:{:x}:{:x}::{:x}", random.below(0xffff), random.below(0xffff), random.between(1, 0xffff))
    } else {
        format!("198.{}.{}.{}", random.between(18, 20), random.below(256), random.between(1, 255))
    }
}

fn program(random: &mut Random, i: usize) -> Program {
    let is_managed = i % 3 == 2;
    let clumsiness = [0.0, 0.01, 0.2][random.weighted([0.7, 0.2, 0.1].into_iter())];
    Program {
        id: random.guid(),
        app_id: random.guid(),
        name: format!("{}-{i}", PROGRAMS[i % PROGRAMS.len()]),
        is_managed,
        has_certificate: random.chance(0.3),
        key_id: random.guid(),
        address: address(random),
        place: CENTRE,
        app: random.zipf(APPS.len()),
        clumsiness: if is_managed { 0.0 } else { clumsiness },
        weight: 1.0 / (0.1 + random.unit()),
    }
}
