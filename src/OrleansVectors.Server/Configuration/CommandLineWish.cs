namespace OrleansVectors.Server.Configuration;

/// <summary>What a command line asks for.</summary>
internal enum CommandLineWish
{
    /// <summary>Serve.</summary>
    Serve,

    /// <summary>Print the usage text.</summary>
    Help,

    /// <summary>Print the version.</summary>
    Version,
}
