#!/usr/bin/env bash
# A real S3 server for tests: Ceph RGW on loopback, kept in memory, in a chroot of its own. Needs Debian and root.
#
#   eval "$(tools/s3-server.sh up)"                      installs it the first time; sets TICKLAKE_S3_*
#   tools/s3-server.sh down "$TICKLAKE_S3_SERVER_STATE"  stops that one; nothing happens if it is gone already
#
# Several may run side by side. The cluster itself asks for no credentials, only its S3 side does: for tests alone.
#
# Mounts: each command in the chroot runs in a mount namespace of its own, where /proc is mounted; the mount ends with
# the command and is never seen outside. /dev is not bound: debootstrap makes the few devices that are needed. So no
# removal of the chroot can reach a file of the machine.
set -euo pipefail
unset CEPH_ARGS CEPH_CONF CEPH_KEYRING TMPDIR # these would reach the commands in the chroot
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
. "$(dirname "${BASH_SOURCE[0]}")/apt.sh"

root=${TICKLAKE_S3_SERVER_ROOT:-/var/tmp/ticklake-s3-server}
release=forky # the first Debian whose RGW honours every precondition that a commit relies on
block=32      # ports of one cluster: the mon's, the gateway's, and the OSD's from what is left

die() { echo "s3-server: $*" >&2; exit 1; }

# Every layer is exec'ed, so the process id of a command in the background is the daemon's own.
# shellcheck disable=SC2016 # expanded by the inner shell
enter=(unshare --mount bash -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"')
inside=("${enter[@]}" "$root")

install_server() {
  local part=$root.partial mirror
  [[ ! -e $root ]] || rmdir "$root" 2>/dev/null || die "$root is there, but not made by this script"
  apt_get update # it also learns which of the sources is Debian's
  command -v debootstrap || apt_get install -y --no-install-recommends debootstrap
  # shellcheck disable=SC2016 # expanded by apt
  mirror=$(apt_get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' | sed -n 1p)
  [[ $mirror ]] || die "no mirror of Debian among this machine's apt sources"
  rm -rf --one-file-system "$part" # of an installation that was interrupted
  # In a namespace too: what debootstrap mounts goes with it, however it ends. Its script for sid fits any new release.
  unshare --mount debootstrap --force-check-gpg --variant=minbase "$release" "$part" "$mirror" \
    /usr/share/debootstrap/scripts/sid
  printf '#!/bin/sh\nexit 101\n' | install /dev/stdin "$part/usr/sbin/policy-rc.d" # packages are to start no service
  echo force-unsafe-io >"$part/etc/dpkg/dpkg.cfg.d/ticklake" # what is half written is installed again anyway
  # As lenient about an old index as this machine is.
  apt-config dump | grep -E '^Acquire::Check-(Valid-Until|Date) ' >"$part/etc/apt/apt.conf.d/99ticklake" || true
  "${enter[@]}" "$part" sh -c 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y \
    --no-install-recommends radosgw ceph-mon ceph-osd ceph-common && apt-get clean'
  touch "$part/.ticklake-s3-server"
  mv -T "$part" "$root" # only a whole installation gets the name
}

# Prints the first of a block of ports that nothing uses and no other cluster has, below those that clients get.
choose_ports() {
  local used taken base port
  used=" $(awk 'FNR > 1 { sub(/.*:/, "", $2); print $2 }' /proc/net/tcp* | tr '\n' ' ')"
  taken=" $(find "$root/srv" -maxdepth 2 -name base -exec cat {} + | tr '\n' ' ')"
  while base=$((16384 + RANDOM % 500 * block)); do
    [[ $taken != *" $base "* ]] || continue
    for ((port = base; port < base + block; port++)); do
      [[ $used != *" $(printf %04X "$port") "* ]] || continue 2
    done
    echo "$base" && return
  done
}

# When a process was started; nothing if it is gone or a zombie. Together with its id this is one process for good.
started() { sed -n 's/.*) \([^Z]\) /\1 /p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# A daemon gets none of our descriptors: a caller reads our standard output to its end.
spawn() {
  setsid "${inside[@]}" "$@" -c "$dir/ceph.conf" -f </dev/null >"$state/log/$1.out" 2>&1 3>&- &
  echo "$! $(started $!)" >>"$state/pids"
}

answers() (
  exec 4<>"/dev/tcp/127.0.0.1/$1" && printf 'GET / HTTP/1.0\r\n\r\n' >&4
  read -r -t 5 -u 4 _ status _ && [[ $status == 200 ]]
) 2>/dev/null

up() {
  local base uuid dir key secret id
  exec 3>&1 1>&2 8>"$root.lock"
  flock 8 # two may install at once, or choose the same ports
  [[ -O $root/.ticklake-s3-server ]] || install_server
  state=$(mktemp -d "$root/srv/s3-XXXXXXXX") && touch "$state/pids"
  trap failed EXIT
  trap 'exit 1' HUP INT TERM
  base=$(choose_ports) && echo "$base" >"$state/base"
  exec 8>&-
  mkdir "$state"/{mon,osd,rgw,log}
  dir=${state#"$root"} uuid=$(</proc/sys/kernel/random/uuid)
  key=$(od -An -N10 -tx1 /dev/urandom | tr -d ' \n') secret=$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')
  # No cephx, hence not "secure" towards the mon either: that hangs without a word. One OSD holds all, and no manager
  # sizes pools. A mon stops on a disk that is nearly full, though this one writes next to nothing. Any region will do.
  cat >"$state/ceph.conf" <<CONF
[global]
fsid = $uuid
mon_host = v2:127.0.0.1:$base/0
public_addr = 127.0.0.1
ms_bind_msgr1 = false
ms_bind_port_min = $((base + 2))
ms_bind_port_max = $((base + block - 1))
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_mon_client_mode = crc
osd_pool_default_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_data_avail_crit = 1
admin_socket = $dir/\$name.asok
log_file = $dir/log/\$name.log
log_to_stderr = false
mon_cluster_log_file = $dir/log/cluster.log
mon_data = $dir/mon
osd_data = $dir/osd
osd_objectstore = memstore
memstore_device_bytes = $((4 << 30))
rgw_data = $dir/rgw
rgw_frontends = beast endpoint=127.0.0.1:$((base + 1))
rgw_relaxed_region_enforcement = true
CONF
  "${inside[@]}" monmaptool --create --fsid "$uuid" --addv a "[v2:127.0.0.1:$base]" "$dir/monmap"
  "${inside[@]}" ceph-mon -c "$dir/ceph.conf" -i a --mkfs --monmap "$dir/monmap"
  spawn ceph-mon -i a
  id=$("${inside[@]}" timeout 60 ceph -c "$dir/ceph.conf" osd new "$uuid") # waits for the mon
  "${inside[@]}" ceph-osd -c "$dir/ceph.conf" -i "$id" --mkfs --osd-uuid "$uuid" >"$state/log/mkfs.out" 2>&1
  spawn ceph-osd -i "$id"
  # Waits for the OSD.
  "${inside[@]}" timeout 60 radosgw-admin -c "$dir/ceph.conf" -n client.rgw user create --uid=ticklake \
    --display-name=ticklake --access-key="$key" --secret-key="$secret" >"$state/log/user.out" 2>&1
  spawn radosgw -n client.rgw
  SECONDS=0
  until answers $((base + 1)); do
    [[ $SECONDS -lt 60 && $(started $!) ]] || die 'the gateway does not answer'
    sleep 0.2
  done
  printf 'TICKLAKE_S3_%s\n' "ENDPOINT=http://127.0.0.1:$((base + 1))" "ACCESS_KEY_ID=$key" \
    "SECRET_ACCESS_KEY=$secret" "SERVER_STATE=$state" >&3
  trap - EXIT
}

failed() {
  echo 's3-server: did not come up; the ends of its logs:'
  tail -n 20 "$state"/log/* || true
  down "$state"
}

# Sends a signal to those of a cluster's processes that still run; fails if there is none.
signal() {
  local pid time none=1
  while read -r pid time; do
    [[ $time && $(started "$pid") == "$time" ]] || continue
    none=0
    kill "-$1" "$pid" 2>/dev/null || true
  done <"$2/pids"
  return $none
}

down() {
  local name tries
  [[ -e $1 ]] || return 0
  [[ -f $1/pids && $1 == */srv/s3-* ]] || die "$1 is not a cluster of this script"
  for name in TERM KILL; do # radosgw often outlives the polite one
    signal "$name" "$1" || break
    for ((tries = 0; tries < 25; tries++)); do
      signal 0 "$1" || break
      sleep 0.2
    done
  done
  rm -rf --one-file-system "$1"
}

[[ $EUID == 0 ]] || die 'needs root, for the chroot'
case "${1-} $#" in
  'up 1') up ;;
  'down 2') down "$2" ;;
  *) die 'usage: s3-server.sh up | s3-server.sh down <cluster directory>' ;;
esac
