namespace OrleansVectors.Storage.Log;

/// <summary>Opens log files.</summary>
public interface ILogFiles
{
    /// <summary>Creates a file for reading and writing, replacing one of that name.</summary>
    ILogFile Create(string path);

    /// <summary>Opens an existing file for reading and writing.</summary>
    ILogFile Open(string path);

    /// <summary>Opens an existing file for reading.</summary>
    ILogFile OpenRead(string path);
}
