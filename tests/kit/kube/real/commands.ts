/** Files and ports of a control plane of our own. */
export interface ControlPlaneLayout {
  /** Where etcd, kube-apiserver and, if it is there, kube-controller-manager are. */
  readonly assets: string;
  /** All that belongs to it is in here. */
  readonly folder: string;
  readonly ports: {
    readonly etcd: number;
    readonly etcdPeers: number;
    readonly apiServer: number;
  };
  /** PEM files of the server, and of who vouches for it. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  /** PEM files that the tokens of service accounts are signed and checked with. */
  readonly accounts: { readonly privateKey: string; readonly publicKey: string };
  /** Of an administrator: a line of `TOKEN,NAME,UID,"GROUP"`. */
  readonly tokenFile: string;
  /** Of that administrator, for the controllers. */
  readonly kubeconfig: string;
  /** Whether controllers run beside it. */
  readonly hasControllers: boolean;
}

/** A program and its arguments. */
export type CommandLine = readonly [string, ...string[]];

/** How etcd is started: nothing in it has to outlive the machine. */
export function etcdCommand({ assets, folder, ports }: ControlPlaneLayout): CommandLine {
  const clients = `http://127.0.0.1:${ports.etcd}`;
  const peers = `http://127.0.0.1:${ports.etcdPeers}`;
  return [
    `${assets}/etcd`,
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    "--unsafe-no-fsync=true",
  ];
}

/**
 * How kube-apiserver is started: as controller-runtime's envtest does it, and with what versions up
 * to 1.36 ask for.
 *
 * Without controllers nobody makes the service accounts that admission would want of every pod. The
 * address that it makes known is one that documents use (RFC 5737): nobody looks there, and a
 * machine without a network has none to offer.
 */
export function apiServerCommand(layout: ControlPlaneLayout): CommandLine {
  const { assets, folder, ports, tls, accounts, tokenFile, hasControllers } = layout;
  return [
    `${assets}/kube-apiserver`,
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${ports.apiServer}`,
    "--advertise-address=192.0.2.1",
    "--endpoint-reconciler-type=none",
    `--cert-dir=${folder}/certs`,
    `--tls-cert-file=${tls.cert}`,
    `--tls-private-key-file=${tls.key}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${accounts.publicKey}`,
    `--service-account-signing-key-file=${accounts.privateKey}`,
    `--token-auth-file=${tokenFile}`,
    "--authorization-mode=RBAC",
    "--allow-privileged=true",
    ...(hasControllers ? [] : ["--disable-admission-plugins=ServiceAccount"]),
  ];
}

/** How kube-controller-manager is started: all of its controllers, and no port of its own. */
export function controllersCommand(layout: ControlPlaneLayout): CommandLine {
  const { assets, folder, tls, accounts, kubeconfig } = layout;
  return [
    `${assets}/kube-controller-manager`,
    `--kubeconfig=${kubeconfig}`,
    "--leader-elect=false",
    "--secure-port=0",
    `--cert-dir=${folder}/controllers`,
    `--service-account-private-key-file=${accounts.privateKey}`,
    `--root-ca-file=${tls.ca}`,
    "--use-service-account-credentials=true",
  ];
}

/** A command as a line of a shell script that becomes it. */
export function asShellLine(command: CommandLine): string {
  return `exec ${command.map((part) => `'${part.replaceAll("'", `'\\''`)}'`).join(" ")}\n`;
}
