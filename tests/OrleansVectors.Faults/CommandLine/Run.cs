using OrleansVectors.Faults.Reporting;
using OrleansVectors.Faults.Server;

namespace OrleansVectors.Faults.CommandLine;

/// <summary>What one run of a command works with.</summary>
/// <param name="Seed">Everything random follows from it.</param>
/// <param name="Program">The server to start.</param>
/// <param name="Folder">An empty folder for data.</param>
/// <param name="Report">Where figures and violations go.</param>
internal sealed record Run(int Seed, ServerProgram Program, string Folder, Report Report)
{
    /// <summary>The path of a data folder of this run.</summary>
    public string DataFolder(string name) => Path.Combine(Folder, name);
}
