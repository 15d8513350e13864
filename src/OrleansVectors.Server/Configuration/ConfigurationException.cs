namespace OrleansVectors.Server.Configuration;

/// <summary>The server cannot start as it was told to; the message is the one line that says why.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);
