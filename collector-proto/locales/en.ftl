# The words of the notice and of every listing, in English (Fluent syntax). Each message has a title, and in
# `.description` one or two plain sentences to the person whose device it is. The ids follow from the catalogue: the
# group, a hyphen, and the name with hyphens for dots and underscores. A test compares this file with the catalogue.

## Sections

section-agent = This program
    .description = What the report says about Candor itself.
section-device = Your device
    .description = Who made the device, which model it is, and the numbers that identify it.
section-host = Your computer
    .description = Its name, processor, memory and language, as its operating system sees them.
section-os = Operating system
    .description = Which system runs on the device and how recent it is.
section-network = Network connections
    .description = The device's network interfaces and their addresses, but not what travels over them.
section-storage = Drives
    .description = Which drives are built in or connected, but nothing of what is stored on them.
section-battery = Batteries
    .description = How worn the device's batteries are, but not how full they are.
section-graphics = Graphics adapters
    .description = Which graphics hardware is built in.
section-display = Displays
    .description = Which displays are connected, but nothing of what they show.
section-package = Installed software
    .description = Which programs are installed, but not when or how you use them.
section-browser = Web browsers
    .description = Which web browsers are installed, but not which pages you open.
section-user = User accounts
    .description = The accounts of people on this device.
section-session = Logged-in people
    .description = Who is logged in at the moment of the report.
section-security = Protection
    .description = Whether the device's protections are switched on.
section-wwan = Mobile network
    .description = The modem and SIM card, if the device has any.
section-location = Location
    .description = Roughly where the device is. Collected only if you agree.
section-custody = Hand-over of shared devices
    .description = What you type in yourself when you take or return a shared device.

## Fields: this program

field-agent-version = Candor's version
    .description = The version of the program that makes the report.

## Fields: your device

field-device-id = Device ID
    .description = A random number that this device got when it was enrolled. It is not a hardware number and says nothing about you by itself.
field-device-manufacturer = Manufacturer
    .description = The company that made the device.
field-device-model-identifier = Model
    .description = The manufacturer's name for the model.
field-device-serial-number = Serial number
    .description = The number the manufacturer gave this one device. It can be matched with a purchase or warranty record.
field-x-device-asset-tag = Asset tag
    .description = The inventory number that your organisation stored in the device.
field-hw-bios-version = Firmware version
    .description = The version of the software that starts the device (BIOS or UEFI).

## Fields: your computer

field-host-name = Computer name
    .description = The name of this computer on the network. It can contain your name.
field-host-id = Machine ID
    .description = A code made from the operating system's own ID of this installation. The ID itself is not sent.
field-host-arch = Processor type
    .description = The kind of processor that programs must be built for, such as x86-64.
field-host-cpu-model-name = Processor model
    .description = The processor's name.
field-x-hw-memory-size = Memory (bytes)
    .description = How much main memory is built in.
field-host-uptime = Time since start (seconds)
    .description = How long ago the device was switched on or restarted. It can show when you work.
field-x-host-locale = Language
    .description = The language and country format that the system is set to.
field-x-host-timezone = Time zone
    .description = The time zone that the system is set to. It tells roughly which part of the world the device is in.
field-host-domain = Domain
    .description = The organisation's domain that this computer belongs to.

field-x-firmware-date = Firmware date
    .description = The day on which the device's firmware was released.
field-x-firmware-kind = Firmware type
    .description = Whether the device starts by UEFI or by the older BIOS.

## Fields: drives

field-x-storage-name = Drive
    .description = The name that the system gives the drive.
field-x-storage-model = Drive model
    .description = The model of the drive.
field-x-storage-size = Drive size (bytes)
    .description = How much the drive can hold, not how much is on it.
field-x-storage-kind = Drive type
    .description = Whether it is a hard disk, a solid-state drive, a memory card or something else.
field-x-storage-serial = Drive serial number
    .description = The number that the maker gave this one drive.

## Fields: batteries

field-x-battery-name = Battery
    .description = The name that the system gives the battery.
field-x-battery-capacity-design = Battery capacity when new (mWh)
    .description = How much energy the battery was made to hold.
field-x-battery-capacity-full = Battery capacity today (mWh)
    .description = How much energy the battery still holds when it is full.
field-x-battery-cycles = Charging cycles
    .description = How often the battery was charged. It tells roughly how much the device was used in all.

## Fields: graphics adapters

field-x-graphics-slot = Graphics slot
    .description = Where the graphics adapter is plugged in.
field-x-graphics-vendor = Graphics maker
    .description = The company that made the graphics chip.
field-x-graphics-model = Graphics model
    .description = The name of the graphics chip.

## Fields: displays

field-x-display-connector = Connector
    .description = Which socket the display is plugged into.
field-x-display-manufacturer = Display maker
    .description = The short code of the company that made the display.
field-x-display-model = Display model
    .description = The name of the display.
field-x-display-year = Display year
    .description = The year in which the display was made.
field-x-display-serial = Display serial number
    .description = The number that the maker gave this one display.

## Fields: operating system

field-os-type = Kind of system
    .description = Linux, Windows or macOS.
field-os-name = System name
    .description = The name of the operating system, such as Debian GNU/Linux.
field-os-version = System version
    .description = The version of the operating system.
field-os-build-id = System build
    .description = The exact build of the operating system.
field-os-description = System description
    .description = Name and version of the operating system as it describes itself.
field-host-os-kernel = Kernel version
    .description = The version of the operating system's core.
field-x-os-patches = Installed patches
    .description = The names of installed updates of the operating system.

## Fields: network connections

field-network-interface-name = Interface name
    .description = The system's name for a network connection, such as eth0.
field-x-network-interface-kind = Interface kind
    .description = Whether the connection is a cable, wireless or virtual.
field-host-ip = IP address
    .description = The addresses this device has in its networks. They can tell roughly where the device is.
field-host-mac = MAC address
    .description = The hardware number of a network connection. It stays the same in every network.
field-x-network-wifi-ssid = Wi-Fi name
    .description = The name of the wireless network the device is connected to. It can tell where you are.

## Fields: installed software

field-package-name = Program
    .description = The name of an installed program or software package.
field-package-version = Program version
    .description = The version of the installed program.
field-package-type = Package format
    .description = How the program was packaged, such as deb, msi or app.
field-package-architecture = Program architecture
    .description = The kind of processor the program was built for.
field-package-installed = Installation date
    .description = When the program was installed or last updated.
field-package-install-scope = Installed for
    .description = Whether the program is there for everyone on the device or for one account.

field-x-package-user = Installed by
    .description = The account that the program is installed for, if it is not there for everyone.
field-x-package-vendor = Publisher
    .description = The organisation that built or published the program, where the installation records it.

## Fields: web browsers

field-x-browser-name = Browser
    .description = The name of an installed web browser.
field-x-browser-version = Browser version
    .description = The version of the installed web browser.
field-x-browser-extension = Browser extensions
    .description = The names and versions of the extensions installed in the browser. An unusual mix can point to you, and some say something about your interests.

## Fields: user accounts

field-user-name = Account name
    .description = The name you log in with.
field-user-full-name = Full name
    .description = The name that was entered for your account.
field-user-email = E-mail address
    .description = Your work e-mail address. This program cannot read it from the device; your organisation would have to supply it.
field-user-hash = Account code
    .description = A code made from the account name. It tells accounts apart without showing the name.
field-x-user-last-login = Last login
    .description = When the account was last used to log in.

## Fields: logged-in people

field-x-session-user = Logged-in accounts
    .description = The names of the accounts that are logged in at the moment of the report.

## Fields: protection

field-x-security-disk-encrypted = Disk encryption
    .description = Whether the disks of the system and of the users' files are encrypted.
field-x-security-secure-boot = Secure boot
    .description = Whether the device checks its system software when it starts.
field-x-security-firewall = Firewall
    .description = Whether a firewall is switched on, or set to be when the device starts, but not its rules.
field-x-security-antivirus = Virus protection
    .description = The names of the virus protection programs that the system knows of, but not what they found.

field-x-security-tpm = Security chip
    .description = Whether the device has a TPM, a chip that keeps keys, and which version of it.

## Fields: mobile network

field-x-device-imei = IMEI
    .description = The hardware number of the modem. Mobile networks recognise the device by it.
field-x-device-phone-number = Phone number
    .description = The phone number stored on the SIM card.
field-x-sim-state = SIM card state
    .description = Whether a SIM card is inserted and unlocked.
field-x-sim-iccid = SIM card number
    .description = The number of the SIM card.
field-x-sim-imsi = Subscriber number
    .description = The number by which mobile networks recognise your contract.
field-network-carrier-name = Mobile operator
    .description = The name of the mobile network.
field-network-carrier-mcc = Operator country code
    .description = The number of the country that the mobile network belongs to. It tells which country the device is in.
field-network-carrier-mnc = Operator network code
    .description = The number of the mobile network within its country.
field-network-carrier-icc = Operator country
    .description = The country that the mobile network belongs to. It tells which country the device is in.
field-x-wwan-signal = Signal strength
    .description = How well the modem receives the mobile network, in per cent.

## Fields: location

field-geo-location-lat = Latitude
    .description = How far north or south the device is, rounded to about 11 kilometres or more. Collected only if you agree, and never as a history of places on this device.
field-geo-location-lon = Longitude
    .description = How far east or west the device is, rounded to a tenth of a degree or more. Collected only if you agree, and never as a history of places on this device.
field-geo-country-iso-code = Country
    .description = The country of the site that your organisation assigned this device to. It is not taken from the device's position.

## Fields: hand-over of shared devices

field-x-custody-direction = Taken or returned
    .description = Whether you took the device or gave it back, as you typed it in.
field-x-custody-condition = Condition
    .description = What you wrote about the state of the device.
field-x-custody-at = Time of hand-over
    .description = When you typed it in.

## Computed by the collector, not by this device

derived-x-package-purl = Package URL
    .description = A standard name for a program, which the collector puts together from the program's name and version and your operating system. This device does not send it.

## Purposes

purpose-EnforceAccessControl = Access control
    .description = To decide which devices and people get access to which systems.
purpose-EnforceSecurity = Security
    .description = To find devices that are open to attack and to protect them.
purpose-FraudPreventionAndDetection = Fraud prevention
    .description = To prevent and uncover fraud.
purpose-FulfilmentOfContractualObligation = Keeping a contract
    .description = To do what a contract asks for, such as counting licences.
purpose-InternalResourceOptimisation = Managing equipment
    .description = To know which devices and programs the organisation has, and to replace them in time.
purpose-LegalCompliance = Legal duties
    .description = To do what the law demands of the organisation.
purpose-ProtectionOfIPR = Licence compliance
    .description = To make sure that installed programs are licensed.
purpose-RepairImpairments = Repair
    .description = To find and repair faults.
purpose-RightsFulfilment = Your rights
    .description = To answer when you use your rights over your data.
purpose-ServiceMonitoring = Keeping services running
    .description = To notice when devices or services stop working. It is not for watching people.
purpose-ServiceUsageAnalytics = Statistics
    .description = To count over many devices, such as how often a version is in use.
purpose-TechnicalServiceProvision = Technical support
    .description = To help you when something does not work.

## Legal bases

basis-consent = Your consent
    .description = Only if you agree. You can take it back at any time, without giving a reason.
basis-contract = A contract with you
    .description = It is needed for a contract with you, such as your employment contract.
basis-legal-obligation = A legal duty
    .description = A law obliges the organisation to do it.
basis-vital-interest = Protecting life
    .description = It is needed to protect someone's life.
basis-public-task = A public task
    .description = It is needed for a task in the public interest. You can object.
basis-legitimate-interest = A legitimate interest
    .description = The organisation has a legitimate interest. You can object.

## Rights

right-access = See your data
    .description = You can ask what is held about you and get a copy.
right-rectification = Have it corrected
    .description = You can have wrong data corrected and incomplete data completed.
right-erasure = Have it erased
    .description = You can ask for data about you to be deleted.
right-restriction = Have it set aside
    .description = You can ask that your data is kept but not used, for example while a dispute is open.
right-notification = Have recipients told
    .description = When your data is corrected or deleted, those who received it are told, and you can ask who they are.
right-portability = Take it with you
    .description = You can get the data in a form that other programs can read, and have it passed on.
right-objection = Object
    .description = You can object, for reasons that arise from your own situation. Collection of what you object to stops unless there are compelling grounds to go on.
right-automated-decisions = No decisions by machine alone
    .description = You need not accept a decision with serious effects on you that only a machine made. This program makes none.
right-withdrawal = Take back your consent
    .description = You can take back your consent at any time. Collection stops before the next report.

## Treatments

treatment-keep = As read
    .description = Sent as it is on your device.
treatment-drop = Not read
    .description = This program does not read it.
treatment-truncate-ip = Shortened to the network
    .description = Only the first { $v4 } bits of an IPv4 address and the first { $v6 } bits of an IPv6 address are sent. They name the network, not your device in it. An IPv4 address inside an IPv6 address is shortened like any other.
treatment-truncate-text = Shortened
    .description = { $chars ->
        [one] Only the first character is sent.
       *[other] Only the first { $chars } characters are sent.
    }
treatment-hmac-device = Replaced by a code
    .description = Replaced by a code made with a secret key that only this device has. The code shows whether the value changed, not what it is.
treatment-hmac-tenant = Replaced by a shared code
    .description = Replaced by a code made with a secret key that your organisation's devices share. Equal values get equal codes, so devices can be compared, and someone who has the key can test a guess.
treatment-generalise-oui = Maker only
    .description = Only the first half of the number is sent, which names the maker of the network part.
treatment-generalise-major = Main version only
    .description = Only the first number of the version is sent.
treatment-generalise-major-minor = Short version
    .description = Only the first two numbers of the version are sent.
treatment-generalise-day = Day only
    .description = Only the day is sent, not the time.
treatment-generalise-month = Month only
    .description = Only the month is sent, not the day.
treatment-generalise-tenth-degree = Rounded to about 11 km
    .description = Rounded to a tenth of a degree, which is about 11 kilometres from north to south.
treatment-generalise-degree = Rounded to about 111 km
    .description = Rounded to a whole degree, which is about 111 kilometres from north to south.
treatment-generalise-days = Whole days only
    .description = Only the number of whole days is sent (in seconds), not the hours.
treatment-generalise-weeks = Whole weeks only
    .description = Only the number of whole weeks is sent (in seconds), not the days or hours.
treatment-generalise-decade = Decade only
    .description = Only the first year of the decade is sent.
treatment-generalise-area = Area only
    .description = Only the large area that the time zone belongs to is sent, such as Europe, not the city or country.
treatment-generalise-region = Region of the world only
    .description = Only the first digit of the country's number is sent. It says which region of the world the country is in.
treatment-generalise-continent = Continent only
    .description = Only the continent is sent, not the country.
treatment-generalise-existence = Only whether there is one
    .description = Only the word “any” is sent: it says that there is one, not which one or how many.

## Why a value is missing

source-dpkg = Debian packages
    .description = The list that dpkg keeps of what it installed.
source-rpm = RPM packages
    .description = The database that rpm keeps of what it installed.
source-apk = Alpine packages
    .description = The list that apk keeps of what it installed.
source-pacman = Arch packages
    .description = The list that pacman keeps of what it installed.
source-portage = Gentoo packages
    .description = The list that Portage keeps of what it installed.
source-slackware = Slackware packages
    .description = The list that pkgtools keep of what they installed.
source-nix = Nix packages
    .description = The Nix profiles of the whole device.
source-nix-user = Nix packages of accounts
    .description = The Nix profiles of the accounts on this device.
source-brew = Homebrew packages
    .description = The programs that Homebrew installed.
source-flatpak = Flatpak applications
    .description = The Flatpak applications of the whole device.
source-flatpak-user = Flatpak applications of accounts
    .description = The Flatpak applications of the accounts on this device.
source-snap = Snap packages
    .description = The snap packages of the whole device.
source-appimage = AppImages
    .description = AppImage programs of the whole device.
source-appimage-user = AppImages of accounts
    .description = AppImage programs of the accounts on this device.
source-chromium = Profiles of Chromium and its relatives
    .description = The browser profiles of the accounts on this device.
source-firefox = Profiles of Firefox and its relatives
    .description = The browser profiles of the accounts on this device.
absence-unavailable = No value
    .description = This device has no such value, or somebody has not consented to it.
absence-unsupported = Cannot be read here
    .description = This program cannot read it on this operating system.
absence-ceiling = Blocked on this device
    .description = A limit set on this device does not allow it, whatever the policy says.
absence-denied-by-os = Refused by the system
    .description = The operating system did not let this program read it.
absence-too-large = Too large
    .description = There is more of it than this program reads.
absence-malformed = Not understood
    .description = This program did not understand what it found, and sends nothing rather than guess.
absence-filter = Left out by a rule
    .description = A rule of the policy leaves it out here, or limits it by another value that could not be read.

## Whether you can refuse

necessity-required = Required
    .description = The purpose cannot be met without it.
necessity-optional = Optional
    .description = Your organisation marks it as optional. Ask the contact named in this notice to leave it out.

## Sensitivity

sensitivity-low = Low
    .description = Says something about the kind of device only.
sensitivity-medium = Medium
    .description = Identifies the device or says what is on it.
sensitivity-high = High
    .description = Identifies you or says something about you.

## What this program needs in order to read

privilege-none = Nothing special
    .description = Any program on the device can read it.
privilege-root = System rights
    .description = Only the part of this program that runs as the system administrator can read it. That part has no network connection.
privilege-admin = Administrator rights
    .description = Only a program with administrator rights can read it.
privilege-consent = The system asks you
    .description = The operating system asks you before it lets any program read it.

## Categories of California's privacy law

ccpa-A = Identifiers
    .description = Names and numbers that identify you or your device.
ccpa-B = Customer records
    .description = Contact details of the kind that businesses keep in customer files.
ccpa-C = Protected characteristics
    .description = Characteristics that the law protects, such as age or religion.
ccpa-D = Commercial information
    .description = What you bought or considered buying.
ccpa-E = Biometric information
    .description = Measurements of your body, such as a fingerprint.
ccpa-F = Network and device activity
    .description = Information about the device, its software and its connections.
ccpa-G = Location
    .description = Where you or your device are.
ccpa-H = Sound and pictures
    .description = Sound, pictures and similar recordings.
ccpa-I = Work
    .description = Information about your work.
ccpa-J = Education
    .description = Information about your education.
ccpa-K = Conclusions
    .description = Conclusions drawn about you from other information.
ccpa-L = Sensitive information
    .description = Information that the law protects especially, such as your exact location.

## What this program has no code for

never-usage-activity = What you do on the device
    .description = Candor has no code that records which programs or pages you use, when, or for how long.
never-web-requests = Web pages you open
    .description = Candor has no code that sees your web requests or your browser's history.
never-web-cookies = Cookies and tracking pixels
    .description = Candor has no code that sets or reads cookies, beacons or the like.
never-file-names = Names of your files
    .description = Candor has no code that lists your files, folders or network shares.
never-file-contents = Contents of your files
    .description = Candor has no code that opens your documents.
never-log-contents = Log files
    .description = Candor has no code that collects the logs of the system or of other programs.
never-configuration-contents = Settings of other programs
    .description = Candor has no code that sends the settings files of other programs.
never-screen-capture = Your screen
    .description = Candor has no code that takes pictures of your screen.
never-remote-control = Remote control
    .description = Candor has no code by which someone could operate this device from afar.
never-remote-wipe = Remote deletion
    .description = Candor has no code that deletes your data or resets this device.
never-person-credentials = Passwords
    .description = Candor has no code that reads passwords or other secrets you log in with.
never-person-payment = Payment details
    .description = Candor has no code that reads card numbers or bank details.
never-person-image = Pictures of you
    .description = Candor has no code that reads pictures or uses a camera.
never-person-postal-address = Your postal address
    .description = Candor has no code that reads where you live.
never-person-birth-date = Your date of birth
    .description = Candor has no code that reads your date of birth.
never-location-history = Where you have been
    .description = Candor has no code that keeps a history of places or follows your travels.
never-location-cell-tower = Mobile phone masts
    .description = Candor has no code that reads which mobile phone mast the device is connected to.
never-network-provider = Your internet provider
    .description = Candor has no code that finds out who provides your internet connection.
never-work-shift = Your working hours
    .description = Candor has no code that watches when your shift begins or ends.

## Notice

# The notice's own sentences follow. Every id begins with `notice-`; each other language has the same set.

# Status

notice-title = What leaves this device
notice-lead = Candor is the program on this device that reads the values below and sends them. This page was made by it, from the same rules it obeys, and shows the values of this device.
notice-status-in-force = In force
notice-status-in-force-text = Policy version { $version } is in force. It was signed by your organisation and checked on this device.
notice-status-draft = DRAFT – not in force
notice-status-draft-text = This is a draft that nobody has signed. Nothing is sent under it. It shows what would be sent from this device if it came into force.
notice-status-awaiting = Nothing is collected until this notice is acknowledged
notice-status-awaiting-text = To acknowledge it, run “candor notice --acknowledge” in a terminal. Until then nothing is collected or sent under policy version { $version }, which your organisation signed and this device checked. Acknowledging is not consent, and it takes none of your rights away. What follows is what would be sent.
notice-status-nothing = Nothing is collected
notice-status-nothing-text = At present nothing is read from this device and nothing is sent.
notice-why = Why
notice-details = Details

# Why nothing is collected; the ids follow the reader's codes

notice-refused-not-enrolled = This device has not been enrolled with any organisation. There are no rules that would allow anything to be read.
notice-refused-no-policy = There is no policy on this device. Without one nothing is read.
notice-refused-policy-not-signed = The policy on this device does not carry the signatures it needs. It is possible that someone changed it.
notice-refused-policy-not-acceptable = The policy on this device breaks a rule of this program.
notice-refused-not-understood = The rules of your organisation need a newer version of Candor. Until it is installed, nothing is collected.
notice-refused-policy-for-other-group = The policy on this device is meant for other devices.
notice-refused-policy-expired = The policy has expired. Your organisation has to issue a new one.
notice-refused-policy-not-yet-effective = The policy has not taken effect yet. It is announced before anything is collected under it.
notice-refused-policy-rolled-back = The policy on this device is older than one that was already in force here.
notice-refused-policy-equivocation = There are two different policies with the same version number. It is possible that someone changed one of them.
notice-refused-policy-not-current = Your organisation has a newer policy, and this device has not received it yet.
notice-refused-policy-stale = Your organisation has not confirmed the policy for too long. Perhaps the device was offline.
notice-refused-timestamp-invalid = The confirmation that the policy is still current is missing or not validly signed.
notice-refused-timestamp-rolled-back = The confirmation that the policy is still current is older than one this device already had.
notice-refused-root-invalid = The keys that say whose signatures count cannot be verified.
notice-refused-root-expired = The keys that say whose signatures count have expired.
notice-refused-clock-behind = The clock of this device is wrong, so it cannot be told whether the policy is still in force.
notice-refused-paused = Collection is paused on this device.
notice-refused-not-acknowledged = Your organisation requires that this notice is acknowledged first, and nobody has done so yet.
notice-refused-sandbox-too-weak = Your organisation requires that the operating system holds this program to the rules. On this device it cannot do so as far as is required.
notice-refused-ceiling-unusable = The limit that the administrator of this device set is damaged or gone. Before it is set again, nothing is collected.
notice-refused-other = The part of this program that reads the device has refused.

notice-status-not-known = It is not known whether anything is collected
notice-status-not-known-text = When this page was written, the part of this program that knows the rules of this device did not answer. That does not mean that nothing is collected. In a terminal, “candor doctor” shows what is wrong.

# The page that everybody can open

notice-page-written = This page was written at { $at } and says what was so then. It is written again when the rules of this device change, and once a day.
notice-page-own = Everybody on this device can open it, so values about people are left out. In a terminal, “candor notice” shows your own, and “candor readings” when this device was read.

# Summary

notice-summary-not-known = It is not known who receives values from this device.
notice-summary = Summary
notice-summary-sent = { $fields ->
    [0] { $organisation } receives no values from this device.
    [one] { $organisation } receives one kind of value from this device.
   *[other] { $organisation } receives { $fields } kinds of values from this device.
}
notice-summary-sent-draft = { $fields ->
    [0] { $organisation } would receive no values from this device.
    [one] { $organisation } would receive one kind of value from this device.
   *[other] { $organisation } would receive { $fields } kinds of values from this device.
}
notice-summary-nobody = Nobody receives values from this device.
notice-summary-sent-at-least = { $fields ->
    [0] None of what { $organisation } receives from this device is shown here.
    [one] { $organisation } receives at least one kind of value from this device. Not all of them are shown here.
   *[other] { $organisation } receives at least { $fields } kinds of values from this device. Not all of them are shown here.
}
notice-summary-sent-draft-at-least = { $fields ->
    [0] None of what { $organisation } would receive from this device is shown here.
    [one] { $organisation } would receive at least one kind of value from this device. Not all of them are shown here.
   *[other] { $organisation } would receive at least { $fields } kinds of values from this device. Not all of them are shown here.
}
notice-fact-fields = Kinds of values sent
notice-fact-missing = Named by the rules, but not sent
notice-fact-left-out = Not shown here
notice-fact-recipients = Who receives them
notice-fact-interval = How often
notice-fact-retention = Kept at most
notice-fact-refusable = Marked as optional
notice-interval = Every { $interval }
notice-of-fields = { $refusable } of { $fields }
notice-nobody = Nobody
notice-contents = On this page
notice-skip = Skip to the content

# The last day

notice-day = Read on this device in the last 24 hours
notice-day-text = Before this program reads this device it puts that on record, without any value. These are the readings of the last 24 hours, the newest first.
notice-day-nothing = Nothing was read on this device in the last 24 hours.
notice-day-not-kept = There is no record of readings, because this device is not enrolled.
notice-day-unknown = What was read in the last 24 hours is on record, but the record could not be read for this notice.
notice-day-further = { $readings ->
    [one] One more reading is not listed here. “candor readings” lists it.
   *[other] { $readings } more readings are not listed here. “candor readings” lists them.
}
notice-day-when = When, and what for
notice-day-times = { $count } times, from { $first } to { $last }
notice-day-times-at = { $count } times at { $at }
notice-day-for-report = for a report
notice-day-for-preview = to be shown on this device
notice-day-for-everybody = for the page that everybody on this device can open
notice-day-for-draft = to show what a draft of rules would collect
notice-day-for-other = for something that this version does not know
notice-day-asked = Asked for by
notice-day-by-schedule = the schedule of this program
notice-day-by-starter = whoever started this program, with the same rights
notice-day-by-unknown = an account that the operating system did not name
notice-day-by-root = the administrator (root)
notice-day-by-you = you
notice-day-by-other = another account
notice-day-by-somebody = an account of this device
notice-day-by-account = account { $account }
notice-day-read = Read
notice-day-fields = { $fields ->
    [0] no value
    [one] one kind of value ({ $sections })
   *[other] { $fields } kinds of values ({ $sections })
}
notice-day-looked = Looked at
notice-day-places = { $places ->
    [one] one place
   *[other] { $places } places
}
notice-day-all-places = Show them
notice-day-unfinished = not known, because the reading did not come to its end
notice-day-left = Left this device
notice-day-stayed = no
notice-day-not-recorded = no report of it is on record
notice-day-recorded = { $reports ->
    [one] it went into report { $newest }
   *[other] it went into { $reports } reports, the newest of which is { $newest }
}
notice-day-unconfirmed = { $reports ->
    [one] perhaps: it went into report { $newest }, which the collector has not confirmed
   *[other] perhaps: it went into { $reports } reports that the collector has not confirmed, the newest of which is { $newest }
}
notice-day-confirmed = { $reports ->
    [one] yes, as report { $newest }, which the collector confirmed
   *[other] yes, as { $reports } reports that the collector confirmed, the newest of which is { $newest }
}
notice-day-refused = { $reports ->
    [one] yes, as report { $newest }, which the collector refused
   *[other] yes, as { $reports } reports that the collector refused, the newest of which is { $newest }
}

# What the values can show

notice-shows = What this can show about you
notice-shows-text = These values can show more than they say, above all when several of them follow one another.
notice-shows-daily = For reports, each of them is read at most once a day.
notice-shows-no-history = Of a place only the newest is kept, on this device and at the collector.
notice-shows-none = None of the values that this program counts as showing presence or place is collected here.
notice-shows-presence = when somebody was at this device
notice-shows-place = where this device was
notice-shows-in-texts = Some values are words that somebody chose, and can say more than they should, such as your name or a serial number: { $fields }. Addresses, telephone numbers and long numbers are cut out of them unless the rules name these as well; names are not recognised.
notice-shows-accounts = Read from the directories of persons as well, about what they have installed for themselves: { $fields }.

# Values

notice-values = What is sent
notice-values-text = Every kind of value that the rules name, with this device's own value as it is sent. Anything that is not named here is not read.
notice-values-none = The rules name no values.
notice-left-out = Values that are about other people, or not for everybody to see, are left out here. That does not mean that they are not sent.
notice-section-left-out = A part of this is left out here, because it is about other people or not for everybody to see.
notice-column-field = What
notice-column-value = Value as sent
notice-column-treatment = What is done to it first
notice-column-use = Why and for whom
notice-column-until = Kept until
notice-not-sent = Not sent
notice-no-consent = No consent
notice-no-consent-text = It needs your consent, and you have not given it. Who gets the report is told the same as where a device has no such value.
notice-not-shown = Not shown here
notice-not-shown-text = What there is of it, if there is any, is about other people or not for everybody to see.
notice-rows = { $rows ->
    [one] One value
   *[other] { $rows } values
}
notice-rows-below = listed below
notice-all-rows = { $rows ->
    [one] Show the one row as it is sent
   *[other] Show all { $rows } rows as they are sent
}
notice-rows-caption = { $section }: rows as sent
notice-empty = (empty)
notice-no-value = –
notice-yes = yes
notice-no = no
notice-sensitivity = Sensitivity
notice-necessity = Required or optional
notice-recipients-of = Received by
notice-retention-of = Kept at most
notice-kept = { $span } after the last report with it
notice-kept-now = If a report left now: until { $at }.
notice-kept-already = By the last receipt: until { $at }.
notice-kept-replaced = A newer value replaces it sooner.
notice-treatment = Treatment
notice-purposes-of = Purpose
notice-basis-of = Legal basis
notice-categories-of = California category
notice-categories-none = none
notice-scope-machine = Only of what is installed for the whole device. Nothing in the directories of persons is read for it.
notice-scope-accounts = Also of what persons have installed for themselves, in their own directories.
notice-filter-include = Only where “{ $field }” is: { $patterns }
notice-filter-exclude = Left out where “{ $field }” is: { $patterns }
notice-tenant-key = Values that are replaced by a shared code can be linked across the devices of { $organisation }, because all of these devices use the same key. Where few values are possible, as with hardware (MAC) addresses, whoever holds that key can try them all and find the original again. Such codes are still personal data.
notice-tenant-key-held = That key is held by those who keep it for { $organisation }, and by the administrator (root) of each of these devices. The collector gets the codes without it.
notice-tenant-key-since = This device has had the key “{ $id }” since { $since }.
notice-tenant-key-none = This device does not have that key yet, so it does not send these values.

# Purposes, Art. 13(1)(c) and (d) GDPR

notice-purposes = Why, and on which legal basis
notice-interest = The interest pursued is the purpose as stated: { $text }
notice-interest-weighed = { $organisation } states in its rules that it weighed this interest against yours.
notice-free-to-refuse = { $organisation } states in its rules that refusing has no disadvantage for you.
notice-purpose-fields = Values
notice-purpose-line = { $purpose }: { $basis } ({ $article })

# Recipients and transfers, Art. 13(1)(e) and (f)

notice-recipients = Who receives the values
notice-recipient = { $name }, { $country }
notice-role-controller = Part of the responsible organisation, or responsible together with it.
notice-role-processor = Processes the values on behalf of { $organisation }.
notice-role-sub-processor = Processes the values on behalf of { $processor }.
notice-role-third-party = Decides for itself what it uses the values for.
notice-stored-in = Stored in: { $country }.
notice-transfers = Transfers to other countries
notice-transfers-none = The rules provide for no transfer of these values to a country outside the European Economic Area.
notice-transfers-outside = The values are received in: { $countries }. That is outside the European Economic Area. The rules name nobody in it whose values would be transferred there.
notice-transfer = To { $country }. Safeguard: { $safeguard }. It is reviewed again by { $review }. You can ask { $contact } for a copy of the safeguard.
notice-safeguard-adequacy = the European Commission has decided that the country protects data adequately
notice-safeguard-scc = standard contractual clauses of the European Commission
notice-safeguard-bcr = binding corporate rules approved by a supervisory authority
notice-safeguard-derogation = an exception of Art. 49 GDPR

# Retention, Art. 13(2)(a)

notice-retention = How long values are kept
notice-retention-longest = This is the longest time for each purpose. Each value above has its own, which is sometimes shorter.
notice-retention-line = { $purpose }: { $span }
notice-retention-collector = At the collector
notice-retention-text = When the time is over, the collector deletes the value. It looks for such values once an hour.
notice-records = What remains then has no value in it: that there was a report, its receipt, and that there is this device.
notice-refused = Sometimes the collector gives documents that this device has to refuse. A later report then says which documents, why and on which days. That holds no value from this device.
notice-records-until = The collector deletes that { $span } after the report, and the record of the device after the last report. If a report left now: on { $at }.
notice-already = What was sent already
notice-already-report = Report { $report } is the last that the collector confirmed, at { $at }.
notice-already-values = The last of all values sent so far is deleted on { $at }, unless a further report leaves it standing.
notice-already-record = The record of that report, without values, is deleted on { $at }.
notice-copy = In this device’s own copy
notice-ledger = This device keeps its own copy of every report, so that you can read what was sent.
notice-ledger-values = A value leaves it on the date of the receipt, at the latest with the next report after that. Where there is no receipt, the time counts from when the report was made.
notice-ledger-places = A place leaves it as soon as a newer one is there.
notice-ledger-records = That there was a report, and its receipt, can be read here for { $span }, without values.
notice-ledger-unsent = A report that could not be sent is removed after { $span }.
notice-ledger-size = The copy takes at most { $mib } MiB. Where it would take more, the oldest reports make room, and a signed note of that remains.

# Rights, Art. 13(2)(b) to (d)

notice-rights = Your rights
notice-rights-text = You have these rights over the values that come from this device. To use them, write to { $contact }.
notice-right-for = For: { $purposes }
notice-withdrawal-none = Nothing is collected here on the basis of your consent, so there is none to take back.
notice-complaint = Complain
notice-complaint-text = You can complain to a data protection authority, for example to { $authority }.

# Whether obligatory, Art. 13(2)(e)

notice-obligation = Whether you have to provide the values
notice-obligation-none = Neither a law nor a contract with you requires you to provide them.
notice-obligation-law = The organisation states that a law requires them for: { $purposes }.
notice-obligation-contract = The organisation states that a contract with you requires them for: { $purposes }.
notice-obligation-optional = { $fields ->
    [one] Your organisation marks one value as “Optional”: it does not have to be provided. Ask { $contact } to leave it out.
   *[other] Your organisation marks { $fields } values as “Optional”: they do not have to be provided. Ask { $contact } to leave them out.
}
notice-obligation-required = { $fields ->
    [one] The value marked “Required” is needed for its purpose: without it, the purpose cannot be met for this device. Ask { $contact } what else would follow if you refused it.
   *[other] The { $fields } values marked “Required” are needed for their purposes: without them, the purposes cannot be met for this device. Ask { $contact } what else would follow if you refused them.
}

# Automated decisions, Art. 13(2)(f)

notice-automated = Decisions by machines
notice-automated-text = This program makes no decisions about you, and no profile of you.
notice-automated-rules = { $organisation } states in its rules that no machine alone decides anything about you from these values.

# Changes, Art. 13(3)

notice-changes = If something changes
notice-changes-text = The notice period that your organisation states for its rules is { $period }. Before it uses values for another purpose, the law obliges it to tell you (Art. 13(3) GDPR). This notice is always made from the rules that are on this device.
notice-changes-dates = These rules: announced on { $announced }, in effect from { $effective }.
notice-coming-move = Your organisation moves this device from the group “{ $from }” to the group “{ $to }”, which has rules of its own.
notice-coming-from = Version { $version } is announced. It takes effect on { $at }; what it narrows holds already. It changes:
notice-coming-shown = Version { $version } is announced. It takes effect { $period } after this notice first stood where everybody on this device can open it; what it narrows holds already. It changes:
notice-coming-acknowledged = Version { $version } is announced. It takes effect { $period } after somebody acknowledged this notice; what it narrows holds already. It changes:

# Connection

notice-connection = What the connection itself shows
notice-connection-address = Every connection shows the other side the address it comes from. The collector neither logs nor stores that address, unless the rules name the IP address as a value.
notice-connection-times = The times of the reports show when this device is switched on. They are kept to the minute.

# Never

notice-ceiling = What this device allows at most
notice-ceiling-text = The administrator of this device has set a limit. No rules of the organisation get above it.
notice-ceiling-nothing = The rules ask for nothing that this limit forbids.
notice-ceiling-withheld = The rules ask for these values, and the limit keeps them on this device: { $fields }.
notice-ceiling-quiet = At these times nothing is read for a report and nothing is sent: { $times }.
notice-ceiling-never = Nothing is read about these accounts or in their directories: { $accounts }.
notice-sandbox = What keeps Candor to these rules
notice-sandbox-full = Before it reads anything, the program that reads this device asks the operating system to refuse everything that the rules do not need. That is all other files, connections to anywhere, and starting other programs. The operating system does so here in full.
notice-sandbox-partial = Before it reads anything, the program that reads this device asks the operating system to refuse everything that the rules do not need. On this device the operating system does a part of it: { $parts }. For the rest the program keeps to the rules by itself.
notice-sandbox-none = On this device the operating system cannot hold the program to the rules. It keeps to them by itself.
notice-sandbox-files = it refuses other files
notice-sandbox-calls = it refuses connections and starting programs
notice-sandbox-capabilities = it takes special rights away
notice-sandbox-abi = Landlock, the part of the Linux kernel that refuses files, has version { $abi } here.
notice-split = The program that reads this device runs as another user than the one that talks to the collector. Whoever takes over the one that talks cannot make it read more than the rules permit.
notice-split-none = On this device the program that reads and the one that talks to the collector run as the same user. Whoever takes over the one that talks can read what the other can.
notice-sandbox-required = The rules demand at least this level: { $level }. Where it is not reached, nothing is collected.
notice-values-failed = Could not be read, so what only it holds is missing: { $source } ({ $reason })
notice-unsupported = Named in the rules and not collected
notice-unsupported-text = The rules name these as well. This version of Candor does not know them and collects nothing of them. A later version of Candor can collect them under the same rules.
notice-never = What Candor never collects
notice-never-text = The program has no code for any of this. No setting and no policy can switch it on.

# California

notice-ccpa = Categories under California’s privacy law
notice-ccpa-text = The law of California sorts personal information into categories. { $organisation } states in its rules that none of these values is sold, and that none is shared for advertising.
notice-ccpa-nothing = Nothing is sent, so there is nothing to sell or to share.
notice-ccpa-category = Category
notice-ccpa-fields = Values
notice-ccpa-purposes = Purposes
notice-ccpa-retention = Kept for
notice-ccpa-sold = Sold
notice-ccpa-shared = Shared

# Responsible

notice-responsible = Who is responsible, and whom to ask
notice-controller = Responsible organisation
notice-contact = Questions
notice-representative = Representative in the European Union
notice-officer = Data protection officer
notice-officer-none = The organisation has not named one.
notice-authority = Data protection authority

# About

notice-about = About this notice
notice-about-policy = Policy
notice-about-version = version { $version } for the group “{ $group }”
notice-about-digest = Fingerprint
notice-about-digest-none = none, because a draft is not signed
notice-about-issued = Issued
notice-about-effective = In effect from
notice-about-expires = Expires
notice-about-fresh = Confirmed as current until
notice-about-made = Made
notice-about-page = Page that everybody on this device can open
notice-about-look = To look for yourself
notice-about-commands = In a terminal, “candor preview” shows what would be sent now, and “candor sent list” what was sent. “candor policy explain” says what the rules say about one kind of value.
notice-acknowledged = Recorded: the notice for policy version { $version } was shown and acknowledged. This is not consent, and it takes none of your rights away.
notice-acknowledge-nothing = There is no policy in force, so there is nothing to acknowledge.

# Spans and countries

notice-span-days = { $n ->
    [one] 1 day
   *[other] { $n } days
}
notice-span-hours = { $n ->
    [one] 1 hour
   *[other] { $n } hours
}
notice-span-minutes = { $n ->
    [one] 1 minute
   *[other] { $n } minutes
}
notice-span-seconds = { $n ->
    [one] 1 second
   *[other] { $n } seconds
}
notice-country-AT = Austria
notice-country-AU = Australia
notice-country-BE = Belgium
notice-country-BG = Bulgaria
notice-country-BR = Brazil
notice-country-CA = Canada
notice-country-CH = Switzerland
notice-country-CY = Cyprus
notice-country-CZ = Czechia
notice-country-DE = Germany
notice-country-DK = Denmark
notice-country-EE = Estonia
notice-country-ES = Spain
notice-country-FI = Finland
notice-country-FR = France
notice-country-GB = United Kingdom
notice-country-GR = Greece
notice-country-HR = Croatia
notice-country-HU = Hungary
notice-country-IE = Ireland
notice-country-IN = India
notice-country-IS = Iceland
notice-country-IT = Italy
notice-country-JP = Japan
notice-country-LI = Liechtenstein
notice-country-LT = Lithuania
notice-country-LU = Luxembourg
notice-country-LV = Latvia
notice-country-MT = Malta
notice-country-NL = Netherlands
notice-country-NO = Norway
notice-country-PL = Poland
notice-country-PT = Portugal
notice-country-RO = Romania
notice-country-SE = Sweden
notice-country-SI = Slovenia
notice-country-SK = Slovakia
notice-country-US = United States

# Listings: preview, what was sent, and what the rules say

notice-list-nothing = Nothing would be sent.
notice-list-absent = Not sent
notice-list-failed = Sources that could not be read: what only they hold is missing
notice-list-unchanged = unchanged since the last report
notice-list-difference = { $rows ->
    [one] one row changed or added since the last report
   *[other] { $rows } rows changed or added since the last report
}
notice-list-removed = removed
notice-list-rows = { $rows ->
    [one] one row
   *[other] { $rows } rows
}
notice-list-more = … and { $rows } more
notice-list-repeated = This device was read for you at { $at }. Within a minute the same is shown again without another reading.
notice-list-preview = This would be sent now. Nothing was sent, and no value was stored.
notice-list-preview-awaiting = Nothing is collected until the notice is acknowledged with “candor notice --acknowledge”; then this would be sent. Nothing was sent, and no value was stored.
notice-list-preview-draft = DRAFT: this would be sent if the draft were in force. Nothing was sent, and no value was stored.
notice-explain-not-collected = “{ $title }” ({ $field }) is not collected: the rules do not name it, so it is not read.
notice-explain-never = “{ $title }” ({ $field }) is never collected. { $reason }
notice-explain-nothing = At present nothing is collected at all: { $reason }
notice-explain-unknown = There is no value called { $field }.
notice-explain-nearest = Did you mean { $field }?
notice-history-none = No policy has come to this device yet.
notice-history-line = Version { $version }: { $reports ->
    [0] no report
    [one] one report
   *[other] { $reports } reports
}
notice-history-came = Came on { $at }
notice-history-signed = Signed with the key { $key }
notice-history-shown = Shown here from { $at }
notice-history-acknowledged = Acknowledged on { $at }
notice-history-from = In force from { $at }
notice-history-tenant-key = Key of shared codes “{ $id }”, version { $version }: here since { $at }
notice-history-ceiling-set = { $at }: The administrator of this device set a limit on what is collected, whatever the rules say.
notice-history-ceiling-narrowed = { $at }: The administrator of this device made the limit on what is collected narrower.
notice-history-ceiling-widened = { $at }: The administrator of this device made the limit on what is collected wider.
notice-history-ceiling-changed = { $at }: The administrator of this device changed the limit on what is collected. It is not simply narrower or wider than before.
notice-history-ceiling-lifted = { $at }: The administrator of this device lifted the limit on what is collected. From then on the rules of your organisation alone decide.
notice-history-ceiling-was-damaged = The limit that was set before was damaged or gone.
notice-history-first-report = First report on { $at }
notice-history-last-report = Last report on { $at }
notice-policy-title = Policy version { $version } for the group “{ $group }”
