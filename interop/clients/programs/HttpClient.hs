-- `runghc HttpClient.hs [METHOD...]`: sends requests for a token, one after another. Without a
-- method it sends one POST. TOKEN_URL is another address of the same endpoint.
{-# LANGUAGE OverloadedStrings #-}

import Control.Monad (forM_)
import qualified Data.ByteString.Char8 as Bytes
import qualified Data.ByteString.Lazy.Char8 as Lazy
import Data.Maybe (fromMaybe)
import Network.HTTP.Client
import Network.HTTP.Client.TLS (newTlsManager)
import System.Environment (getArgs, lookupEnv)

main :: IO ()
main = do
  methods <- getArgs
  manager <- newTlsManager
  url <- fromMaybe "https://kitegateway.com/v1/auth/token" <$> lookupEnv "TOKEN_URL"
  plain <- parseRequest url
  forM_ (if null methods then ["POST"] else methods) $ \method -> do
    let headers = [("Content-Type", "application/json"), ("Secret-Key", "YOUR_SECRET")]
        body = if method == "POST" then "{\"api_key\": \"2882jj2hh288282jj2\"}" else ""
        request = plain {method = Bytes.pack method, requestHeaders = headers, requestBody = body}
    answer <- httpLbs request manager
    Lazy.putStrLn (responseBody answer)
