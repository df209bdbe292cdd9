{{/*
A range of the nodes' own subnet, as a JSON list: Minikube and kind give their nodes addresses of a network that this machine
reaches, from the bottom (Docker, Podman) or anywhere (DHCP of a virtual machine's driver). The first of a few blocks of a
node's /24 that holds no node is taken. Empty where there is no cluster to ask (`helm template`).
*/}}
{{- define "address-pool.derived" -}}
{{- $octets := list }}
{{- $subnet := "" }}
{{- range (lookup "v1" "Node" "" "").items }}
  {{- range .status.addresses }}
    {{- if and (eq .type "InternalIP") (regexMatch "^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$" .address) }}
      {{- $parts := splitList "." .address }}
      {{- $own := slice $parts 0 3 | join "." }}
      {{- $subnet = $subnet | default $own }}
      {{- if eq $own $subnet }}
        {{- $octets = append $octets (last $parts | int) }}
      {{- end }}
    {{- end }}
  {{- end }}
{{- end }}
{{- $ranges := list }}
{{- if $subnet }}
  {{- range list (list 200 250) (list 100 150) (list 151 199) (list 50 99) (list 10 49) }}
    {{- $first := first . }}
    {{- $last := last . }}
    {{- $taken := false }}
    {{- range $octets }}
      {{- if and (ge . $first) (le . $last) }}{{- $taken = true }}{{- end }}
    {{- end }}
    {{- if not $taken }}
      {{- $ranges = append $ranges (printf "%s.%d-%s.%d" $subnet $first $subnet $last) }}
    {{- end }}
  {{- end }}
{{- end }}
{{- if and (not $ranges) (lookup "v1" "Namespace" "" "kube-system") }}
  {{- fail "No free range of IPv4 addresses can be told from the nodes: give one (`addressPool` in the stack file, or the value `addresses`)." }}
{{- end }}
{{- $ranges | first | default "" | list | compact | toJson }}
{{- end }}
