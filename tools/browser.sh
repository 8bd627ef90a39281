#!/usr/bin/env bash
# A real browser for tests: Debian's headless Chromium, unpacked beside the machine's own packages, not among them.
#
#   eval "$(tools/browser.sh)"   fetches it the first time, about 100 MB; sets TICKLAKE_BROWSER
#
# What the machine lacks of Chromium's libraries is unpacked with it; the machine itself is not changed.
set -euo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
. "$(dirname "${BASH_SOURCE[0]}")/apt.sh"

root=${TICKLAKE_BROWSER_ROOT:-/var/tmp/ticklake-browser}

install_browser() {
  local part=$root.partial package
  rm -rf --one-file-system "$part" # of an installation that was interrupted
  mkdir -p "$part/debs/partial" "$part/files"
  [[ $EUID != 0 ]] || apt_get update
  # Only fetches: neither dpkg nor its lock is touched, so root is not needed where the lists of packages are fresh.
  apt_get install -y --download-only --no-install-recommends -o Debug::NoLocking=true -o APT::Sandbox::User=root \
    -o Dir::Cache::archives="$part/debs" chromium-headless-shell fonts-dejavu-core
  for package in "$part"/debs/*.deb; do dpkg-deb --extract "$package" "$part/files"; done
  rm -rf "$part/debs"
  cat >"$part/fonts.conf" <<CONF
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <dir>$root/files/usr/share/fonts</dir>
  <cachedir>$root/fonts</cachedir>
  <alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
</fontconfig>
CONF
  cat >"$part/browser" <<RUN
#!/bin/sh
lib=$root/files/usr/lib/\$(uname -m)-linux-gnu
export FONTCONFIG_FILE=$root/fonts.conf LD_LIBRARY_PATH=\$lib:\$lib/pulseaudio
exec $root/files/usr/lib/chromium/chromium-headless-shell "\$@"
RUN
  chmod +x "$part/browser"
  rm -rf --one-file-system "$root"
  mv -T "$part" "$root" # only a whole installation gets the name
}

exec 3>&1 1>&2 8>"$root.lock"
flock 8 # two may install at once
[[ -x $root/browser ]] || install_browser
"$root/browser" --no-sandbox --version
echo "TICKLAKE_BROWSER=$root/browser" >&3
