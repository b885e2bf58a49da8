-- Judge tokens with jwt, a library for Haskell: `HaskellJwt < cases > outcomes`. It names no errors.
{-# LANGUAGE OverloadedStrings #-}

module Main (main) where

import Data.Aeson (FromJSON, Key, Value, decode, encode, object, withObject, (.:), (.=))
import Data.Aeson.Types (parseMaybe)
import Data.ByteArray.Encoding (Base (Base64), convertFromBase)
import Data.ByteString (ByteString)
import qualified Data.ByteString.Lazy as Lazy
import qualified Data.Map as Map
import Data.Text (Text)
import Data.Text.Encoding (encodeUtf8)
import Web.JWT (VerifySigner (VerifyHMACSecret), decodeAndVerifySignature)
import qualified Web.JWT as JWT

field :: FromJSON a => Key -> Value -> Maybe a
field name = parseMaybe (withObject "object" (.: name))

said :: Maybe a -> Text
said = maybe "Nothing" (const "accepted")

judged :: ByteString -> Value -> Maybe (Text, Value)
judged key given = do
  name <- field "name" given
  token <- field "token" given
  let verified = said (decodeAndVerifySignature (VerifyHMACSecret key) token)
  let decoded = said (JWT.decode token)
  pure (name, object ["verify" .= verified, "read" .= decoded])

main :: IO ()
main = do
  input <- Lazy.getContents
  let outcomes = do
        given <- decode input
        text <- field "key" given :: Maybe Text
        key <- either (const Nothing) Just (convertFromBase Base64 (encodeUtf8 text))
        cases <- field "cases" given
        Map.fromList <$> mapM (judged key) cases
  maybe (fail "the cases cannot be read") (Lazy.putStr . encode) (outcomes :: Maybe (Map.Map Text Value))
