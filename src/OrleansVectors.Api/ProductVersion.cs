using System.Reflection;

namespace OrleansVectors.Api;

/// <summary>What this build calls itself.</summary>
public static class ProductVersion
{
    private static readonly string Informational =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The version, as <c>0.1.0</c>.</summary>
    public static string Number { get; } = Informational.Split('+')[0];

    /// <summary>The commit it was built from; empty when the build did not know.</summary>
    public static string Commit { get; } = Informational.Contains('+') ? Informational.Split('+')[1] : "";
}
