namespace OrleansVectors.Storage.Tests;

/// <summary>The kept files of old format versions.</summary>
internal static class FixtureFiles
{
    public const string Log = "00000000000000000001.log";
    public const string Segment = "00000000000000000001.seg";
    public const string Manifest = "manifest-00000000000000000001";

    public static string PathOf(string version, string name)
        => Path.Combine(AppContext.BaseDirectory, "Fixtures", version, name);

    /// <summary>Copies one of them, so that what opens it can change it.</summary>
    public static void CopyTo(string folder, string version, string name)
    {
        Directory.CreateDirectory(folder);
        File.Copy(PathOf(version, name), Path.Combine(folder, name));
    }
}
