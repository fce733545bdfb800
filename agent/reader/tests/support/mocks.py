"""Stands in for services on the bus that DBUS_SYSTEM_BUS_ADDRESS names: `mocks.py LOG SCENARIO…`.

Writes the services' logs to LOG and `ready` to standard output, then waits until standard input is closed.
"""

import os
import signal
import sys

import dbus
import dbusmock

MM = "org.freedesktop.ModemManager1"
MM_PATH = "/org/freedesktop/ModemManager1"
MODEM = MM + ".Modem"
MODEM_3GPP = MM + ".Modem.Modem3gpp"
NM = "org.freedesktop.NetworkManager"
LOGIN = "org.freedesktop.login1"
GEOCLUE = "org.freedesktop.GeoClue2"
GEOCLUE_PATH = "/org/freedesktop/GeoClue2"

LOG = open(sys.argv[1], "w")
BUS = dbusmock.DBusTestCase.get_dbus(system_bus=True)
SERVERS = []


def mock(name, path):
    return dbus.Interface(BUS.get_object(name, path), dbusmock.MOCK_IFACE)


def spawn(name, path, interface):
    SERVERS.append(dbusmock.DBusTestCase.spawn_server(name, path, interface, system_bus=True, stdout=LOG))
    return mock(name, path)


def spawn_template(template, parameters=None):
    server, _ = dbusmock.DBusTestCase.spawn_server_template(template, parameters or {}, stdout=LOG)
    SERVERS.append(server)


def manager():
    return spawn(MM, MM_PATH, MM)


def modem(service, number, sim, lock, state, code="26202"):
    """A 3GPP modem whose values all end in its number."""
    path = f"{MM_PATH}/Modem/{number}"
    service.AddObject(path, MODEM, {
        "EquipmentIdentifier": f"equipment-{number}",
        "OwnNumbers": dbus.Array([f"+4915112345{number}", f"+4915154321{number}"], signature="s"),
        "SignalQuality": dbus.Struct((dbus.UInt32(60 + number), True), signature="ub"),
        "Sim": dbus.ObjectPath(f"{MM_PATH}/SIM/{number}" if sim else "/"),
        "State": dbus.Int32(state),
        "UnlockRequired": dbus.UInt32(lock),
    }, [])
    mock(MM, path).AddProperties(MODEM_3GPP, {
        "Imei": f"35209900176148{number}",
        "OperatorName": f"Carrier {number}",
        "OperatorCode": code,
    })
    if sim:
        service.AddObject(f"{MM_PATH}/SIM/{number}", MM + ".Sim", {
            "SimIdentifier": f"894920000000000000{number}",
            "Imsi": f"26202000000000{number}",
        }, [])


def one_modem():
    modem(manager(), 0, True, 1, 8)


def modems():
    """Ready; locked; without a card and without a network; of another family; started just now."""
    service = manager()
    modem(service, 0, True, 1, 8)
    modem(service, 2, True, 2, 2, code="310410")
    modem(service, 3, False, 0, -1, code="")
    service.AddObject(f"{MM_PATH}/Modem/10", MODEM, {
        "EquipmentIdentifier": "A10000009296F3",
        "OwnNumbers": dbus.Array([], signature="s"),
        "SignalQuality": dbus.Struct((dbus.UInt32(0), False), signature="ub"),
        "Sim": dbus.ObjectPath("/"),
        "State": dbus.Int32(8),
        "UnlockRequired": dbus.UInt32(1),
    }, [])
    modem(service, 4, True, 0, 1, code="90128")


def odd_modem():
    """Types and values that no ModemManager has."""
    service = manager()
    modem(service, 0, True, 1, 8, code="26a02")
    service.AddObject(f"{MM_PATH}/Modem/1", MODEM, {
        "OwnNumbers": "text",
        "SignalQuality": dbus.Struct((dbus.UInt32(4000000000), True), signature="ub"),
        "Sim": "no path",
        "EquipmentIdentifier": dbus.Array([dbus.Array(["deep"], signature="s")], signature="as"),
    }, [])
    # A million bytes and more do not fit into an answer.
    service.AddObject(f"{MM_PATH}/Modem/2", MODEM, {"EquipmentIdentifier": "9" * 1100000}, [])


def many_modems():
    service = manager()
    for number in range(40):
        service.AddObject(f"{MM_PATH}/Modem/{number}", MODEM, {}, [])


def stopped_modems():
    one_modem()
    SERVERS[-1].send_signal(signal.SIGSTOP)


def wifi():
    """A wired and three wireless interfaces: in a network, in one whose name is no text, in none."""
    spawn_template("networkmanager")
    service = mock(NM, "/org/freedesktop/NetworkManager")
    service.AddEthernetDevice("wired", "eth7", 100)
    for name, ssid in [("wlan7", "Café Candor".encode()), ("wlan8", b"Caf\xe9"), ("wlan9", None)]:
        device = service.AddWiFiDevice(name, name, 100)
        point = service.AddAccessPoint(device, name, "x", "00:11:22:33:44:55", 2, 2412, 54000, 80, 0x100)
        mock(NM, device).AddProperties(NM + ".Device.Wireless", {
            "ActiveAccessPoint": dbus.ObjectPath(point if ssid else "/"),
        })
        if ssid:
            mock(NM, point).UpdateProperties(NM + ".AccessPoint", {"Ssid": dbus.ByteArray(ssid)})


def sessions():
    """Two persons, one of them twice; a login screen, a service manager, a session that was left."""
    spawn_template("logind")
    service = mock(LOGIN, "/org/freedesktop/login1")
    for session, user, changes in [
        ("c1", "gdm", {"Class": "greeter"}),
        ("2", "zoe", {}),
        ("3", "anna", {"State": "online"}),
        ("4", "anna", {}),
        ("5", "bert", {"Class": "manager"}),
        ("6", "carl", {"State": "closing"}),
        ("7", "root", {"Class": "user-early"}),
    ]:
        path = service.AddSession(session, "seat0", dbus.UInt32(1000), user, True)
        mock(LOGIN, path).UpdateProperties(LOGIN + ".Session", changes)


def nobody():
    spawn_template("logind")


def slow_sessions():
    service = spawn(LOGIN, "/org/freedesktop/login1", LOGIN + ".Manager")
    service.AddMethod("", "ListSessions", "", "a(susso)", "import time; time.sleep(10); ret = []")


def location(start="", latitude=52.516312, longitude=-0.04):
    """Knows where it is 0.2 seconds after it is started, if whoever asks has said who it is."""
    service = spawn(GEOCLUE, GEOCLUE_PATH + "/Manager", GEOCLUE + ".Manager")
    client, place = GEOCLUE_PATH + "/Client/1", GEOCLUE_PATH + "/Client/1/Location/0"
    service.AddMethods("", [
        ("GetClient", "", "o", f"ret = dbus.ObjectPath('{client}')"),
        ("DeleteClient", "o", "", ""),
    ])
    service.AddObject(place, GEOCLUE + ".Location", {"Latitude": latitude, "Longitude": longitude}, [])
    start = start or f"""
assert self.props['{GEOCLUE}.Client']['DesktopId'] == 'candor'
assert self.props['{GEOCLUE}.Client']['RequestedAccuracyLevel'] == 4
from gi.repository import GLib
GLib.timeout_add(200, self.props['{GEOCLUE}.Client'].__setitem__, 'Location', dbus.ObjectPath('{place}'))
"""
    service.AddObject(client, GEOCLUE + ".Client", {
        "DesktopId": "",
        "RequestedAccuracyLevel": dbus.UInt32(0),
        "Location": dbus.ObjectPath("/"),
    }, [("Start", "", "", start), ("Stop", "", "", "")])


def denied_location():
    name = "org.freedesktop.DBus.Error.AccessDenied"
    location(f"raise dbus.exceptions.DBusException('not for you', name='{name}')")


def searching_location():
    location("pass")


def odd_location():
    location(latitude=float("nan"), longitude=181.0)


for scenario in sys.argv[2:]:
    globals()[scenario]()
print("ready", flush=True)
sys.stdin.read()
for server in SERVERS:
    server.send_signal(signal.SIGCONT)
    server.kill()
    server.wait()
