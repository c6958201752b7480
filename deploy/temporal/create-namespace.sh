#!/bin/sh
# The namespace of the orders and what they can be listed by; run again it finds nothing to do.
set -eu

namespace=${TEMPORAL_NAMESPACE:-payments}

until temporal operator cluster health; do sleep 2; done

temporal operator namespace describe --namespace "$namespace" ||
  temporal operator namespace create --namespace "$namespace" --retention 30d

# The servers hear of a new namespace within ten seconds or so.
until temporal operator search-attribute list --namespace "$namespace" > /dev/null; do sleep 2; done

attribute() {
  temporal operator search-attribute create --namespace "$namespace" --name "$1" --type "$2"
}

attribute PaymentState Keyword
attribute PaymentGateway Keyword
attribute NeedsReview Bool
attribute ReviewReason Keyword
attribute CustomerId Keyword
attribute Currency Keyword
attribute AmountMinor Int
