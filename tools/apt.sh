# shellcheck shell=bash
# To be sourced. `apt_get` is apt-get for scripts that run side by side: it waits for its turn, where apt-get itself
# fails when another one is looking for news of packages, and asks again when a mirror does not answer.
apt_get() { flock /var/tmp/ticklake-apt.lock apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; }
