// Installs Debian packages without asking, where apt-get is there and we may use it.
// Runs on Node 20 with nothing installed; knows nothing of what the packages are for.
import { spawnSync } from 'node:child_process';
import { run } from './run.mjs';

/** What stands before apt-get here: nothing for root, a sudo that asks nothing; undefined where neither is at hand. */
export function aptPrefix() {
  const isRoot = process.getuid?.() === 0;
  if (!answers('apt-get') || !(isRoot || answers('sudo', '-n', 'true'))) return undefined;
  return isRoot ? [] : ['sudo', '-n'];
}

// A service that comes with a package is neither started now (invoke-rc.d asks policy-rc.d) nor at the next boot.
const withoutServices = `
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > $policy && chmod 755 $policy || exit 1
fi
services=$1; shift
apt-get install -y --no-install-recommends "$@" || exit
if [ -d /run/systemd/system ]; then for service in $services; do systemctl disable "$service"; done; fi
exit 0`;

/**
 * Installs packages. With `update` after an update: past a failed one (one dead source of many) it may still succeed.
 * @param {string[]} packages
 * @param {{ update?: boolean, services?: string[] }} [options] services: of these packages, to be left off
 * @returns {Promise<{ code: number, output: string }>} not thrown: a failure may be of no consequence
 */
export async function aptInstall(packages, { update = true, services = [] } = {}) {
  const prefix = aptPrefix();
  if (prefix === undefined) return { code: 127, output: 'apt-get cannot be used here' };
  if (update) await apt([...prefix, 'apt-get', 'update']);
  // The variable is set within: sudo hands on no environment.
  const script = `export DEBIAN_FRONTEND=noninteractive${withoutServices}`;
  return apt([...prefix, 'sh', '-c', script, 'sh', services.join(' '), ...packages]);
}

function apt([command, ...args]) {
  return run(command, args, { capture: true });
}

function answers(command, ...args) {
  return spawnSync(command, args.length ? args : ['--version'], { stdio: 'ignore' }).status === 0;
}
