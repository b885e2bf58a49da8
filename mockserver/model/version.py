"""The version of this product; the distribution takes it from here."""

VERSION = "0.1.0"
