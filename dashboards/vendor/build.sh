#!/usr/bin/env bash
# Builds echarts.min.js again, with npm and in a folder of its own that is swept afterwards.
# Versions are fixed here; change them here, run this, look at the page, and commit what changed.
set -euo pipefail

echarts=6.1.0
esbuild=0.28.2

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --save-exact "echarts@$echarts" "esbuild@$esbuild" >&2
cp "$here/echarts.entry.js" entry.js

npx esbuild entry.js --bundle --minify --format=iife --global-name=echarts --target=es2019 \
  --legal-comments=none --log-level=warning --outfile=bundle.js \
  --banner:js="/*! Apache ECharts $echarts, custom build. Apache-2.0; zrender BSD-3-Clause; tslib 0BSD. See LICENSE-echarts and NOTICE-echarts. */"

mv bundle.js "$here/echarts.min.js"
cp node_modules/echarts/NOTICE "$here/NOTICE-echarts"
{
  cat node_modules/echarts/LICENSE
  printf '\n\n======== zrender, part of the bundle ========\n\n'
  cat node_modules/zrender/LICENSE
  printf '\n\n======== d3, of which ECharts carries parts ========\n\n'
  cat node_modules/echarts/licenses/LICENSE-d3
  printf '\n\n======== tslib, part of the bundle ========\n\n'
  cat node_modules/tslib/LICENSE.txt
} >"$here/LICENSE-echarts"
wc -c "$here/echarts.min.js"
