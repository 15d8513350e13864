namespace OrleansVectors.Collections.Tests;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ov-collections-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
