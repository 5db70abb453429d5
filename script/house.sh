# What the scripts share: where things are, how they speak. Sourced, not run.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD
PEERS=$ROOT/.peers
export UV_PYTHON_DOWNLOADS=never
# A virtual environment that happens to be active is somebody else's.
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH
# First the project's own tools, node and npm among them (script/setup puts them there).
export PATH=$ROOT/.venv/bin:$PATH

say() { printf '==> %s\n' "$*"; }

stop() {
  printf '!!! %s\n' "$*" >&2
  exit 1
}

# Whether a stamp file holds exactly this text.
stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# The fingerprint of files' content.
print_of() { cat "$@" | sha256sum | cut -d' ' -f1; }

# The cockpit is built when a source of it is newer than the last build.
build_cockpit() {
  [ -f web/package.json ] || return 0
  local built=web/node_modules/.built
  if [ -f src/wayhome/_web/index.html ] && [ -f "$built" ] && [ -z "$(find web \
    -path web/node_modules -prune -o -type f -newer "$built" -print -quit)" ]; then
    return 0
  fi
  say "building the cockpit"
  npm --prefix web run --silent build
  touch "$built"
}
