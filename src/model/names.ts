/** An RFC 1123 label, as Kubernetes wants it for namespaces and Helm for releases. */
export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Longest name of a Helm release (helm.sh/helm pkg/chart/common/util, ValidateReleaseName). */
export const LONGEST_RELEASE = 53;

/** Longest DNS label. */
export const LONGEST_LABEL = 63;

/** What a DNS label looks like, in a message. */
export const LABEL_RULE = "lower-case letters, digits and hyphens, a letter or digit first and last";
