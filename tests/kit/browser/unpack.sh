#!/bin/sh
# Brings Chromium to a Debian without being root: fetches its package and those that are missing for
# it, and unpacks them into a folder. Nothing is installed; apt's own lists and locks are not touched.
# Takes the folder, in which `chromium` is the command then.
set -eu

folder=$1
package=chromium-headless-shell
work=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$work/lists/partial" "$work/archives/partial" "$root"

apt() {
  apt-get -qq -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work" -o Debug::NoLocking=1 \
    -o APT::Sandbox::User= "$@" >&2
}

apt update
apt install --yes --no-install-recommends --download-only "$package"
for file in "$work"/archives/*.deb; do
  dpkg-deb -x "$file" "$root"
done

# Some libraries look for others where an installed package has them.
libraries=$(cd "$root" && find ./lib ./usr/lib -name '*.so*' -exec dirname {} + 2>/dev/null |
  sort -u | sed "s#^\.#$folder#" | paste -sd: -)

# A machine that has fonts has told where they are.
fonts=
if [ -d "$root/usr/share/fonts" ]; then
  fonts="export FONTCONFIG_FILE=\"$folder/fonts.conf\""
  cat >"$root/fonts.conf" <<END
<?xml version="1.0"?>
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>$folder/usr/share/fonts</dir>
</fontconfig>
END
fi

cat >"$root/chromium" <<END
#!/bin/sh
export LD_LIBRARY_PATH="$libraries"
$fonts
exec "$folder/usr/lib/chromium/$package" "\$@"
END
chmod +x "$root/chromium"

# Another run may have been faster; one is as good as the other.
mv -T "$root" "$folder" || [ -x "$folder/chromium" ]
