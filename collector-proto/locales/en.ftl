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
    .description = The name of this computer on the network. It may contain your name.
field-host-id = Machine ID
    .description = A code made from the operating system's own ID of this installation. The ID itself is not sent.
field-host-arch = Processor type
    .description = The kind of processor that programs must be built for, such as x86-64.
field-host-cpu-model-name = Processor model
    .description = The processor's name.
field-x-hw-memory-size = Memory
    .description = How much main memory is built in.
field-host-uptime = Time since start
    .description = How long ago the device was switched on or restarted. It can show when you work.
field-x-host-locale = Language
    .description = The language and country format that the system is set to.
field-x-host-timezone = Time zone
    .description = The time zone that the system is set to. It tells roughly which part of the world the device is in.
field-host-domain = Domain
    .description = The organisation's domain that this computer belongs to.

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

## Fields: web browsers

field-x-browser-name = Browser
    .description = The name of an installed web browser.
field-x-browser-version = Browser version
    .description = The version of the installed web browser.
field-x-browser-extension = Browser extensions
    .description = The extensions installed in the browser. An unusual mix can point to you, and some say something about your interests.

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
    .description = Whether the disk is encrypted.
field-x-security-secure-boot = Secure boot
    .description = Whether the device checks its system software when it starts.
field-x-security-firewall = Firewall
    .description = Whether a firewall is switched on, but not its rules.
field-x-security-antivirus = Virus protection
    .description = The names of the virus protection programs that the system knows of, but not what they found.

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
    .description = To decide which devices and people may use which systems.
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
    .description = You agreed. You can take it back at any time, without giving a reason.
basis-contract = A contract with you
    .description = It is needed for a contract with you, such as your employment contract.
basis-legal-obligation = A legal duty
    .description = A law obliges the organisation to do it.
basis-vital-interest = Protecting life
    .description = It is needed to protect someone's life.
basis-public-task = A public task
    .description = It is needed for a task in the public interest. You can object.
basis-legitimate-interest = A legitimate interest
    .description = The organisation has a legitimate interest that it weighed against yours. You can object.

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
    .description = Only the first { $v4 } bits of an IPv4 address and the first { $v6 } bits of an IPv6 address are sent: the network, not your device in it.
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

## Why a value is missing

absence-unavailable = Not there
    .description = This device has no such value.
absence-unsupported = Cannot be read here
    .description = This program cannot read it on this operating system.
absence-no-consent = No consent
    .description = It needs your consent, and you have not given it.
absence-ceiling = Blocked on this device
    .description = A limit set on this device does not allow it, whatever the policy says.
absence-denied-by-os = Refused by the system
    .description = The operating system did not let this program read it.
absence-too-large = Too large
    .description = There is more of it than this program reads.
absence-malformed = Not understood
    .description = This program did not understand what it found, and sends nothing rather than guess.
absence-filter = Left out by a rule
    .description = The policy limits it by another value, and that value may not be read.

## Whether you can refuse

necessity-required = Required
    .description = The purpose cannot be met without it.
necessity-optional = Optional
    .description = You can switch it off without giving a reason.

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
    .description = The operating system asks you before any program may read it.

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
